using Testing;

namespace ServiceDefaults.Tests;

public class FloorTests
{
    private const string Plan = """
        ServiceDefaults
        Telemetry
        Authentication  Rollouts  Drift
        Errors  Redis  Draining  Prometheus
        JsonBodies
        BodyLimits  PlainRequests  Health  Settings
        Protocol
        Contracts  Statistics
        """;

    [Fact]
    public void Folders_OfServiceDefaults_UseLowerFloorsOnly() => Assert.Empty(Floors.Faults(typeof(ServiceDefaultsExtensions).Assembly, "ServiceDefaults", Plan));
}
