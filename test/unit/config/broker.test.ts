import { describe, expect, it } from 'vitest';
import { isBrokerUrl, readBroker, withoutPassword } from '../../../src/lib/config/broker.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

const read = (url: string, management?: string) => readBroker(url, '--target', management);

describe('the URL of a broker', () => {
  it.each([
    ['amqp://localhost', 'amqp://localhost:5672', '/', 'guest', 'guest', 'http://localhost:15672'],
    ['amqp://localhost/', 'amqp://localhost:5672', '/', 'guest', 'guest', 'http://localhost:15672'],
    ['amqp://a:b@h:1/v', 'amqp://h:1/v', 'v', 'a', 'b', 'http://h:15672'],
    ['amqp://a:b%40c@h/%2F', 'amqp://h:5672/%2F', '/', 'a', 'b@c', 'http://h:15672'],
    ['amqp://a@h/x%2Fy', 'amqp://h:5672/x%2Fy', 'x/y', 'a', '', 'http://h:15672'],
    ['amqps://a:b@h', 'amqps://h:5671', '/', 'a', 'b', 'https://h:15671'],
    ['amqp://[::1]/v', 'amqp://[::1]:5672/v', 'v', 'guest', 'guest', 'http://[::1]:15672'],
  ])('%s is read', (text, url, vhost, username, password, managementUrl) => {
    expect(read(text)).toMatchObject({ url, vhost, username, password, managementUrl });
  });

  it('says where its management plugin answers', () => {
    expect(read('amqp://h', 'https://m.example/x/').managementUrl).toBe('https://m.example/x');
    expect(() => read('amqp://h', 'https://a:secret@m.example')).toThrow('RABBITMQ_MANAGEMENT_URL');
    expect(() => read('amqp://h', 'm.example')).toThrow('RABBITMQ_MANAGEMENT_URL');
  });

  it.each([
    'amqp://',
    'amqp://a:secret@',
    'amqp://a:secret@h:70000',
    'amqp://a:secret@h/%zz',
    'amqp://a:%zzsecret@h',
    'amqp://a:secret@h/v?heartbeat=5',
    'http://a:secret@h',
    'secret',
  ])('%s is refused without a word of it', (text) => {
    const refusal = (): unknown => {
      try {
        return read(text);
      } catch (error) {
        return error;
      }
    };
    const error = refusal();
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'InvalidBroker', exitCode: 2 });
    expect(JSON.stringify({ ...(error as AppError) }) + String(error)).not.toContain('secret');
  });

  it('is shown without the password', () => {
    expect(withoutPassword('amqp://a:secret@h:1/v')).toBe('amqp://a:***@h:1/v');
    expect(withoutPassword('AMQPS://a:secret@h/v')).toBe('AMQPS://a:***@h/v');
    expect(withoutPassword('amqp://h/v')).toBe('amqp://h/v');
    expect(withoutPassword('amqp://a:sec@ret@h/v')).toBe('amqp://a:***@h/v');
    expect(withoutPassword('ampq://a:secret@h/v')).toBe('ampq://a:***@h/v');
    expect(withoutPassword('amqp+tls://a:secret@h/v')).toBe('amqp+tls://a:***@h/v');
    expect(withoutPassword('amqp://a:sec/ret@h/v')).toBe('amqp://a:***@h/v');
    expect(withoutPassword('http://a:s?cr#t@h')).toBe('http://a:***@h');
    expect(withoutPassword('http://h:80/x@y')).toBe('http://h:80/x@y');
    expect(withoutPassword('http://h:80?x=@')).toBe('http://h:80?x=@');
    expect(withoutPassword('amqp://a:secret@h/x@y')).toBe('amqp://a:***@h/x@y');
    expect(withoutPassword('amqp://a@h/v')).toBe('amqp://a@h/v');
    expect(withoutPassword('aws')).toBe('aws');
  });

  it('is told from the name of a target', () => {
    expect(['amqp://h', 'AMQPS://h', 'rabbitmq', 'http://h'].map(isBrokerUrl)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
