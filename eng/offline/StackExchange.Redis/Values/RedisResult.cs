namespace StackExchange.Redis;

/// <summary>The answer to a script or a free command, to be cast to what it should be.</summary>
public abstract partial class RedisResult
{
    /// <summary>The kind of reply on the wire.</summary>
    public abstract ResultType Resp2Type { get; }

    public abstract bool IsNull { get; }

    /// <summary>The number of items, or -1 when it is not an array.</summary>
    public virtual int Length => -1;

    public virtual RedisResult this[int index] => throw new InvalidOperationException("Indexers can only be used on array results");

    internal abstract RedisValue Value { get; }

    internal abstract RedisResult[]? Items { get; }

    public static RedisResult Create(RedisValue value) => new Scalar(value.IsInteger ? ResultType.Integer : ResultType.BulkString, value);

    public static RedisResult Create(RedisResult[] values) => new Sequence(values);

    public static RedisResult Create(RedisValue[] values) => new Sequence(Array.ConvertAll(values, Create));

    public sealed override string ToString() => Items is { } items ? $"{items.Length} element(s)" : Value.ToString();

    internal static RedisResult From(in RespReply reply)
    {
        if (reply.Type == ResultType.Error) return new Error(reply.Value.ToString());
        if (reply.Type != ResultType.Array) return new Scalar(reply.Type, reply.Value);
        if (reply.Items is not { } items) return new Sequence(null);
        var results = new RedisResult[items.Length];
        for (var i = 0; i < items.Length; i++) results[i] = From(items[i]);
        return new Sequence(results);
    }

    private sealed class Scalar(ResultType type, RedisValue value) : RedisResult
    {
        public override ResultType Resp2Type => type;

        public override bool IsNull => value.IsNull;

        internal override RedisValue Value => value;

        internal override RedisResult[]? Items => value.IsNull ? null : [this];
    }

    private sealed class Sequence(RedisResult[]? items) : RedisResult
    {
        public override ResultType Resp2Type => ResultType.Array;

        public override bool IsNull => items is null;

        public override int Length => items?.Length ?? -1;

        public override RedisResult this[int index] => items is null ? throw new IndexOutOfRangeException() : items[index];

        internal override RedisValue Value => items switch
        {
            null => default,
            [var only] => only.Value,
            _ => throw new InvalidCastException("Unable to cast an array of several items to a single value"),
        };

        internal override RedisResult[]? Items => items;
    }

    // An error inside an array; one at the top is thrown before it gets here.
    private sealed class Error(string message) : RedisResult
    {
        public override ResultType Resp2Type => ResultType.Error;

        public override bool IsNull => false;

        internal override RedisValue Value => throw new RedisServerException(message);

        internal override RedisResult[] Items => throw new RedisServerException(message);
    }
}
