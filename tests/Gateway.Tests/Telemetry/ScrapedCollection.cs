namespace Gateway.Tests.Telemetry;

/// <summary>Thousands of requests leave the processors to nobody else: these tests run when the others have ended.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ScrapedCollection : ICollectionFixture<GatewayProcess>
{
    public const string Name = "Scraped";
}
