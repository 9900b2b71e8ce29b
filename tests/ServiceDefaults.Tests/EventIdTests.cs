using Testing;

namespace ServiceDefaults.Tests;

public class EventIdTests
{
    [Fact]
    public void Events_OfTheDefaults_HaveIdsOfTheirOwnInTheDocumentedRanges() => Assert.Empty(EventIds.Faults(typeof(ServiceDefaultsExtensions).Assembly));
}
