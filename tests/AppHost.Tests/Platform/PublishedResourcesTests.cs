#pragma warning disable ASPIREPROBES001 // The probes are what is tested.
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AppHost.Tests.Platform;

/// <summary>What the app model says beyond the manifest's format, for tools that deploy the model itself.</summary>
public sealed class PublishedResourcesTests
{
    [Fact]
    public void ModelServer_Published_StartsWithTheReplicasAskedForAndHasProbes()
    {
        var builder = DistributedApplication.CreateBuilder(["--publisher", "manifest", "--Platform:Replicas=3"]);
        var platform = PlatformOptions.From(builder);

        var gateway = builder.AddGateway(platform).Resource;
        var server = Assert.Single(builder.AddModelServers(platform)).Resource;

        Assert.Equal("modelserver", server.Name);
        Assert.Equal(3, server.GetReplicaCount());
        foreach (var service in new[] { gateway, server })
        {
            var probes = service.Annotations.OfType<EndpointProbeAnnotation>().Select(p => $"{p.Type} {p.EndpointReference.EndpointName} {p.Path}").Order(StringComparer.Ordinal);
            Assert.Equal(["Liveness http /alive", "Readiness http /ready"], probes);
        }
    }
}
