namespace StandIns.Tests.Aspire;

/// <summary>Other processes tell nobody when they are done: these checks look again until it is so or the limit has passed.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, TimeSpan limit, Func<string>? otherwise = null)
    {
        var end = DateTime.UtcNow + limit;
        while (!condition())
        {
            if (DateTime.UtcNow > end) Assert.Fail($"Not so after {limit.TotalSeconds} s. {otherwise?.Invoke()}");
            await Task.Delay(50);
        }
    }
}
