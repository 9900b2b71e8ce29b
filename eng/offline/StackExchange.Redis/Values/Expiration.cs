namespace StackExchange.Redis;

/// <summary>When a value goes away: never (the default), after a while, at a time, or as it was.</summary>
public readonly struct Expiration
{
    private readonly string? _mode;
    private readonly long _milliseconds;

    public Expiration(TimeSpan ttl)
    {
        if (ttl == TimeSpan.MaxValue) return;
        _mode = "PX";
        _milliseconds = ttl.Ticks / TimeSpan.TicksPerMillisecond;
    }

    public Expiration(DateTime when)
    {
        if (when == DateTime.MaxValue) return;
        if (when.Kind == DateTimeKind.Unspecified) throw new ArgumentException("Expiry time must be either Utc or Local", nameof(when));
        _mode = "PXAT";
        _milliseconds = new DateTimeOffset(when.ToUniversalTime()).ToUnixTimeMilliseconds();
    }

    private Expiration(string mode) => _mode = mode;

    public static Expiration Default => default;

    public static Expiration KeepTtl => new("KEEPTTL");

    public static implicit operator Expiration(TimeSpan ttl) => new(ttl);

    public static implicit operator Expiration(DateTime when) => new(when);

    internal void AddTo(List<RedisValue> arguments)
    {
        if (_mode is null) return;
        arguments.Add(_mode);
        if (_mode != "KEEPTTL") arguments.Add(_milliseconds);
    }
}
