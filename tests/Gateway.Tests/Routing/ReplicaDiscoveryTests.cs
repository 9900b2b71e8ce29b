using System.Net;
using System.Net.Sockets;
using Gateway.Replicas;
using Gateway.Routing;
using Gateway.Tests.Hosting;
using Gateway.Tests.Replicas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Tests.Routing;

public sealed class ReplicaDiscoveryTests
{
    [Fact]
    public async Task Configuration_Reloaded_BringsReplicasAndTakesThem()
    {
        await using var second = await FakeReplica.StartAsync();
        await using var gateway = await GatewayHost.StartAsync();
        var configuration = (IConfigurationRoot)gateway.Services.GetRequiredService<IConfiguration>();
        using var client = gateway.CreateInferClient();

        configuration["services:modelserver-2:http:0"] = second.Address;
        configuration.Reload();
        await gateway.WaitUntilAsync(async _ =>
        {
            (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
            return second.Count > 0;
        });

        configuration["services:modelserver-2:http:0"] = "nonsense";
        configuration.Reload();
        Assert.Equal(2, gateway.Pool.All.Count());
        (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        configuration["services:modelserver-1:http:0"] = configuration["services:modelserver-2:http:0"] = second.Address;
        configuration.Reload();
        await gateway.WaitUntilAsync(() => gateway.Pool.All.All(r => r.Address.Port == new Uri(second.Address).Port && r.IsAvailable));
        var before = gateway.Replica.Count;
        await gateway.WaitUntilAsync(async _ =>
        {
            using var response = await client.PredictAsync();
            return response.IsSuccessStatusCode;
        });
        Assert.Equal(before, gateway.Replica.Count);
    }

    [Fact]
    public async Task Discovery_ThatIsMade_ReadsNothingBeforeItStarts()
    {
        var parts = new PoolParts(replicas: 0);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("services:modelserver-1:http:0", "nonsense")]).Build();
        var routing = new InMemoryConfigProvider([], []);
        using var discovery = new ReplicaDiscovery(
            configuration, Options.Create(parts.Options), Options.Create(new ConnectionOptions()), parts.Pool, routing, Dns.GetHostAddressesAsync, parts.Clock, NullLogger<ReplicaDiscovery>.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => discovery.StartAsync(default));
        Assert.Empty(routing.GetConfig().Routes);
        configuration["services:modelserver-1:http:0"] = "http://127.0.0.1:1";
        await discovery.StartAsync(default);

        Assert.NotEmpty(routing.GetConfig().Routes);
        Assert.Equal("modelserver-1", parts.Pool.All.Single().Name);
        await discovery.StopAsync(default);
    }

    [Fact]
    public async Task Name_ResolvedAgain_FollowsTheAddressesAndSurvivesFailures()
    {
        await using var replica = await FakeReplica.StartAsync();
        IPAddress[] addresses = [];
        Exception? failure = new SocketException((int)SocketError.HostNotFound);
        await using var gateway = GatewayHost.Create("Production", services => services.AddSingleton<ResolveName>((name, _) =>
        {
            Assert.Equal("models.invalid", name);
            return Volatile.Read(ref failure) is { } e ? Task.FromException<IPAddress[]>(e) : Task.FromResult(Volatile.Read(ref addresses));
        }), ("Replicas:Dns", $"http://models.invalid:{new Uri(replica.Address).Port}"), ("Replicas:DnsInterval", "00:00:00.1"));
        gateway.Start();
        using var client = gateway.CreateInferClient();
        using (var nobody = await client.PredictAsync()) Assert.Equal(HttpStatusCode.ServiceUnavailable, nobody.StatusCode);

        Volatile.Write(ref addresses, [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]);
        Volatile.Write(ref failure, null);
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Count() == 2 && gateway.Pool.Find("127.0.0.1")!.IsAvailable);
        await gateway.WaitUntilAsync(async _ =>
        {
            using var response = await client.PredictAsync();
            return response.IsSuccessStatusCode;
        });

        Volatile.Write(ref failure, new SocketException((int)SocketError.TryAgain));
        Volatile.Write(ref addresses, []);
        Volatile.Write(ref failure, null);
        (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
        Volatile.Write(ref addresses, [IPAddress.Parse("127.0.0.3")]);
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Select(r => r.Name).SequenceEqual(["127.0.0.3"]));
    }

    [Fact]
    public void Name_WithTooManyAddresses_CountsTheFirst()
        => Assert.Equal(ReplicaList.MaxResolved, ReplicaList.Behind(new Uri("http://m:80"), Enumerable.Range(1, 5000).Select(i => new IPAddress(i))).Length);

    [Fact]
    public void Name_WithAnIPv6Address_IsWrittenWithBrackets()
        => Assert.Equal("http://[fd00::1]:8080/", ReplicaList.Behind(new Uri("http://m:8080"), [IPAddress.Parse("fd00::1")]).Single().Address.AbsoluteUri);

    [Theory]
    [InlineData("ftp://models:80")]
    [InlineData("/models")]
    public async Task Name_ThatIsNoHttpAddress_StopsTheStart(string address)
    {
        await using var gateway = GatewayHost.Create("Production", ("Replicas:Dns", address));

        Assert.Contains("Replicas:Dns", gateway.StartRefused().ToString(), StringComparison.Ordinal);
    }
}
