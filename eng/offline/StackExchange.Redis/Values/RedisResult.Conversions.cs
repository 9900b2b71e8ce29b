namespace StackExchange.Redis;

public abstract partial class RedisResult
{
    public static explicit operator string?(RedisResult? result) => result is null ? null : (string?)result.Value;

    public static explicit operator byte[]?(RedisResult? result) => result is null ? null : (byte[]?)result.Value;

    public static explicit operator double(RedisResult result) => (double)result.Value;

    public static explicit operator long(RedisResult result) => (long)result.Value;

    public static explicit operator ulong(RedisResult result) => (ulong)result.Value;

    public static explicit operator int(RedisResult result) => (int)result.Value;

    public static explicit operator bool(RedisResult result) => (bool)result.Value;

    public static explicit operator double?(RedisResult? result) => result is null ? null : (double?)result.Value;

    public static explicit operator long?(RedisResult? result) => result is null ? null : (long?)result.Value;

    public static explicit operator int?(RedisResult? result) => result is null ? null : (int?)result.Value;

    public static explicit operator bool?(RedisResult? result) => result is null ? null : (bool?)result.Value;

    public static explicit operator RedisValue(RedisResult? result) => result is null ? default : result.Value;

    public static explicit operator RedisKey(RedisResult? result) => (byte[]?)result;

    public static explicit operator RedisResult[]?(RedisResult? result) => result?.Items;

    public static explicit operator RedisValue[]?(RedisResult? result) => Convert(result, item => item.Value);

    public static explicit operator RedisKey[]?(RedisResult? result) => Convert(result, item => (RedisKey)item);

    public static explicit operator string?[]?(RedisResult? result) => Convert(result, item => (string?)item.Value);

    public static explicit operator byte[]?[]?(RedisResult? result) => Convert(result, item => (byte[]?)item.Value);

    public static explicit operator long[]?(RedisResult? result) => Convert(result, item => (long)item.Value);

    public static explicit operator int[]?(RedisResult? result) => Convert(result, item => (int)item.Value);

    public static explicit operator double[]?(RedisResult? result) => Convert(result, item => (double)item.Value);

    public static explicit operator bool[]?(RedisResult? result) => Convert(result, item => (bool)item.Value);

    /// <summary>Alternating names and values as a dictionary, names compared without case by default.</summary>
    public Dictionary<string, RedisResult> ToDictionary(IEqualityComparer<string>? comparer = null)
    {
        var items = Items ?? [];
        var dictionary = new Dictionary<string, RedisResult>(items.Length / 2, comparer ?? StringComparer.InvariantCultureIgnoreCase);
        for (var i = 0; i + 1 < items.Length; i += 2) dictionary.Add(items[i].ToString(), items[i + 1]);
        return dictionary;
    }

    private static T[]? Convert<T>(RedisResult? result, Converter<RedisResult, T> each) =>
        result?.Items is { } items ? Array.ConvertAll(items, each) : null;
}
