using Testing;

namespace ModelServer.Tests;

public class EventIdTests
{
    [Fact]
    public void Events_OfTheModelServer_HaveIdsOfTheirOwnInTheDocumentedRanges() => Assert.Empty(EventIds.Faults(typeof(Program).Assembly));
}
