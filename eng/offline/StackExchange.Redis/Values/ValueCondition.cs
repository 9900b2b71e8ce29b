namespace StackExchange.Redis;

/// <summary>What must hold of the present value for a write to happen.</summary>
public readonly struct ValueCondition
{
    private ValueCondition(When when) => Kind = when;

    public static ValueCondition Always => default;

    public static ValueCondition Exists => new(When.Exists);

    public static ValueCondition NotExists => new(When.NotExists);

    internal When Kind { get; }

    public static implicit operator ValueCondition(When when) => new(when);
}
