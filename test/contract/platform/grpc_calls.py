"""Calls gRPC methods as another language's client does: `grpc_calls.py ADDRESS DESCRIPTORS` reads lines of JSON
`{"method", "request", "token"}` and answers each with `{"code", "response"}`."""
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

address, descriptors = sys.argv[1:]
files = descriptor_pb2.FileDescriptorSet()
with open(descriptors, "rb") as file:
    files.ParseFromString(file.read())
pool = descriptor_pool.DescriptorPool()
for each in files.file:
    pool.Add(each)
factory = message_factory.MessageFactory(pool)

with grpc.insecure_channel(address) as channel:
    for line in sys.stdin:
        call = json.loads(line)
        service, name = call["method"].rsplit("/", 1)
        method = pool.FindServiceByName(service).FindMethodByName(name)
        request = json_format.ParseDict(call["request"], factory.GetPrototype(method.input_type)())
        response_type = factory.GetPrototype(method.output_type)
        stub = channel.unary_unary(
            "/" + call["method"],
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response_type.FromString,
        )
        metadata = [("authorization", "Bearer " + call["token"])] if "token" in call else []
        try:
            response = stub(request, timeout=60, metadata=metadata)
            answer = {"code": "OK", "response": json_format.MessageToDict(response)}
        except grpc.RpcError as error:
            answer = {"code": error.code().name, "message": error.details()}
        print(json.dumps(answer), flush=True)
