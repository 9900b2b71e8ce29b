namespace StackExchange.Redis;

/// <summary>One parsed reply. A null array has no items; a null bulk string has a null value.</summary>
internal readonly record struct RespReply(ResultType Type, RedisValue Value, RespReply[]? Items = null)
{
    public bool IsError => Type == ResultType.Error;

    public RedisServerException AsException() => new(Value.ToString());
}
