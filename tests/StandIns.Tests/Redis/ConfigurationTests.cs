using System.Net;
using StackExchange.Redis;

namespace StandIns.Tests.Redis;

public sealed class ConfigurationTests
{
    [Fact]
    public void Parse_EveryOptionUsed_IsRead()
    {
        var options = ConfigurationOptions.Parse(
            "cache.local:6400,10.0.0.1,user=u,password=p=1,ssl=false,abortConnect=false,"
            + "connectTimeout=100,syncTimeout=200,asyncTimeout=300,name=n,defaultDatabase=2,connectRetry=4,keepAlive=50");

        Assert.Equal([new DnsEndPoint("cache.local", 6400), new IPEndPoint(IPAddress.Parse("10.0.0.1"), 0)], options.EndPoints);
        Assert.Equal(("u", "p=1", false, false), (options.User, options.Password, options.Ssl, options.AbortOnConnectFail));
        Assert.Equal((100, 200, 300), (options.ConnectTimeout, options.SyncTimeout, options.AsyncTimeout));
        Assert.Equal(("n", 2, 4, 50), (options.ClientName, options.DefaultDatabase, options.ConnectRetry, options.KeepAlive));
    }

    [Fact]
    public void Parse_NothingSaid_HasTheOfficialDefaults()
    {
        var options = ConfigurationOptions.Parse("localhost");

        Assert.True(options.AbortOnConnectFail);
        Assert.Equal((5000, 5000, 5000, 3), (options.ConnectTimeout, options.SyncTimeout, options.AsyncTimeout, options.ConnectRetry));
        Assert.Equal(TimeSpan.FromSeconds(1), options.HeartbeatInterval);
        Assert.True(options.BacklogPolicy.QueueWhileDisconnected);
    }

    [Theory]
    [InlineData("localhost,nonsense=1")]
    [InlineData("localhost,abortConnect=maybe")]
    [InlineData("localhost,syncTimeout=soon")]
    [InlineData("")]
    public void Parse_WhatItDoesNotKnow_Throws(string text) => Assert.ThrowsAny<ArgumentException>(() => ConfigurationOptions.Parse(text));

    [Fact]
    public void ToString_WithoutPassword_MasksIt()
    {
        var options = ConfigurationOptions.Parse("localhost:6379,password=secret");

        Assert.DoesNotContain("secret", options.ToString(includePassword: false));
        Assert.Equal("secret", ConfigurationOptions.Parse(options.ToString(includePassword: true)).Password);
    }

    [Fact]
    public void LinearRetry_ShouldRetry_OnlyAfterItsWait()
    {
        var policy = new LinearRetry(100);

        Assert.False(policy.ShouldRetry(0, 99));
        Assert.True(policy.ShouldRetry(0, 100));
    }

    [Fact]
    public void ExponentialRetry_ManyAttempts_StaysBetweenDeltaAndCap()
    {
        var policy = new ExponentialRetry(100, 1000);

        Assert.False(policy.ShouldRetry(50, 99));
        Assert.True(policy.ShouldRetry(500, 1000));
    }
}
