using Testing;

namespace Gateway.Tests;

public class EventIdTests
{
    [Fact]
    public void Events_OfTheGateway_HaveIdsOfTheirOwnInTheDocumentedRanges() => Assert.Empty(EventIds.Faults(typeof(Program).Assembly));
}
