using Xunit;

namespace Testing;

/// <summary>A test against a real <c>redis-server</c>; skipped by name where the machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute()
    {
        if (!RedisServer.IsInstalled) Skip = "There is no redis-server on the path.";
    }
}
