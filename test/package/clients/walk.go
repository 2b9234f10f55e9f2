// The same walk through SNS and SQS as the other clients of this folder, by version 2 of the SDK for Go as Debian has it.
// That release is of 2022, before AWS_ENDPOINT_URL: the address is given to the clients.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

type keys struct{}

func (keys) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
	}, nil
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	endpoint, region := os.Getenv("AWS_ENDPOINT_URL"), os.Getenv("AWS_REGION")
	topics := sns.New(sns.Options{Region: region, Credentials: keys{}, EndpointResolver: sns.EndpointResolverFromURL(endpoint)})
	queues := sqs.New(sqs.Options{Region: region, Credentials: keys{}, EndpointResolver: sqs.EndpointResolverFromURL(endpoint)})

	topic := must(topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("shop-events")})).TopicArn
	url := must(queues.CreateQueue(ctx, &sqs.CreateQueueInput{
		QueueName: aws.String("shop-billing"), Tags: map[string]string{"team": "shop"},
	})).QueueUrl
	queue := must(queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{"QueueArn"},
	})).Attributes["QueueArn"]
	policy := fmt.Sprintf(`{"Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},
		"Action":"sqs:SendMessage","Resource":%q,"Condition":{"ArnEquals":{"aws:SourceArn":%q}}}}`, queue, *topic)
	must(queues.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
		QueueUrl: url, Attributes: map[string]string{"Policy": policy},
	}))
	must(topics.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: topic, Protocol: aws.String("sqs"), Endpoint: &queue,
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	}))
	must(topics.Publish(ctx, &sns.PublishInput{
		TopicArn: topic, Message: aws.String(`{"id":1}`),
		MessageAttributes: map[string]snstypes.MessageAttributeValue{
			"event_type": {DataType: aws.String("String"), StringValue: aws.String("order.created")},
		},
	}))
	message := must(queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: url, MessageAttributeNames: []string{"All"}, WaitTimeSeconds: 5,
	})).Messages[0]
	must(queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: message.ReceiptHandle}))
	batch := must(queues.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{
		QueueUrl: url, Entries: []types.SendMessageBatchRequestEntry{
			{Id: aws.String("a"), MessageBody: aws.String("1")},
			{Id: aws.String("b"), MessageBody: aws.String("2")},
			{Id: aws.String("c"), MessageBody: aws.String("3"), DelaySeconds: 901},
		},
	}))
	received := must(queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 5,
	})).Messages
	var entries []types.DeleteMessageBatchRequestEntry
	for at, each := range received {
		entries = append(entries, types.DeleteMessageBatchRequestEntry{
			Id: aws.String(strconv.Itoa(at)), ReceiptHandle: each.ReceiptHandle,
		})
	}
	deleted := must(queues.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: url, Entries: entries}))
	left := 0
	for _, value := range must(queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{
			"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
		},
	})).Attributes {
		left += must(strconv.Atoi(value))
	}
	tags := must(queues.ListQueueTags(ctx, &sqs.ListQueueTagsInput{QueueUrl: url})).Tags

	caught := []string{"nothing", "nothing", "nothing"}
	var noQueue *types.QueueDoesNotExist
	if _, err := queues.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String("none")}); errors.As(err, &noQueue) {
		caught[0] = "QueueDoesNotExist"
	}
	var noTopic *snstypes.NotFoundException
	if _, err := topics.Publish(ctx, &sns.PublishInput{
		TopicArn: aws.String(*topic + "-none"), Message: aws.String("m"),
	}); errors.As(err, &noTopic) {
		caught[1] = "NotFound"
	}
	var noHandle *types.ReceiptHandleIsInvalid
	if _, err := queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{
		QueueUrl: url, ReceiptHandle: aws.String("none"),
	}); errors.As(err, &noHandle) {
		caught[2] = "ReceiptHandleIsInvalid"
	}

	var sent, refused []string
	for _, each := range batch.Successful {
		sent = append(sent, *each.Id)
	}
	for _, each := range batch.Failed {
		refused = append(refused, *each.Id)
	}
	fmt.Println(string(must(json.Marshal(map[string]any{
		"body": message.Body, "attribute": message.MessageAttributes["event_type"].StringValue,
		"sent": sent, "refused": refused, "deleted": len(deleted.Successful), "left": left, "tags": tags, "errors": caught,
	}))))
}
