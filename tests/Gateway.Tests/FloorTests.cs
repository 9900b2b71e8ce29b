using Testing;

namespace Gateway.Tests;

public class FloorTests
{
    private const string Plan = """
        Program
        ApiDocs  Console  OpenInference
        Administration  Health  Drift  Feedback
        Proxy  RateLimiting  Audit
        Usage  Routing  Rollouts
        Replicas
        Authentication
        Bodies  Models  Edge  Telemetry
        Deadlines
        """;

    [Fact]
    public void Folders_OfTheGateway_UseLowerFloorsOnly() => Assert.Empty(Floors.Faults(typeof(Program).Assembly, "Gateway", Plan));
}
