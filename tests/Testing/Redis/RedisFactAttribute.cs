using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace Testing;

/// <summary>A test of what only the program <c>redis-server</c> has; skipped by name where the machine lacks it.</summary>
/// <param name="reason">Why Garnet cannot stand in.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute(string reason)
    {
        Reason = reason;
        if (!RedisServer.IsInstalled) Skip = "There is no redis-server on the path.";
    }

    public string Reason { get; }
}

/// <summary>Gives a theory <see cref="RedisKind.Redis"/>; skipped by name where the machine lacks the program.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnRedisAttribute : DataAttribute
{
    public OnRedisAttribute()
    {
        if (!RedisServer.IsInstalled) Skip = "There is no redis-server on the path.";
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[RedisKind.Redis]];
}

/// <summary>Gives a theory <see cref="RedisKind.Garnet"/>, which every machine has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnGarnetAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[RedisKind.Garnet]];
}
