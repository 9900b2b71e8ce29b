using Reliability.Faults;

namespace Reliability.Tests.Faults;

public class FaultScheduleTests
{
    [Fact]
    public void Order_SameSeed_IsTheSame()
        => Assert.Equal(FaultSchedule.Order(FaultCatalog.All, 7, 0), FaultSchedule.Order(FaultCatalog.All, 7, 0));

    [Fact]
    public void Order_OtherSeedOrPass_DiffersAndHasAll()
    {
        var order = FaultSchedule.Order(FaultCatalog.All, 7, 0);
        foreach (var other in new[] { FaultSchedule.Order(FaultCatalog.All, 8, 0), FaultSchedule.Order(FaultCatalog.All, 7, 1) })
        {
            Assert.NotEqual(order, other);
            Assert.Equal(order.OrderBy(f => f.Name), other.OrderBy(f => f.Name));
        }
    }

    [Fact]
    public void Order_Calm_IsFirst() => Assert.Equal("calm", FaultSchedule.Order(FaultCatalog.All, 7, 0)[0].Name);

    [Fact]
    public void Of_IsTheSameForAFault_AndAnotherForEachFaultSeedAndPass()
    {
        var (one, other) = (FaultCatalog.All[1], FaultCatalog.All[2]);
        var first = FaultSchedule.Of(one, 7, 0).Next();
        Assert.Equal(first, FaultSchedule.Of(one, 7, 0).Next());
        Assert.Distinct([first, FaultSchedule.Of(other, 7, 0).Next(), FaultSchedule.Of(one, 8, 0).Next(), FaultSchedule.Of(one, 7, 1).Next()]);
    }

    /// <summary>What a seed meant once, it means for ever, on any machine: a report of last year can be repeated.</summary>
    [Fact]
    public void Of_KnownSeed_GivesKnownNumbers() => Assert.Equal(1693043865, FaultSchedule.Of(new Fault("redis-killed", "", _ => Task.CompletedTask), 7, 0).Next());

    [Fact]
    public void Catalog_Names_AreUnique() => Assert.Distinct(FaultCatalog.All.Select(f => f.Name));
}
