namespace Gateway.Tests.Rollouts;

public sealed class ConvergenceTests
{
    private const int Seeds = 40, Steps = 3_000;

    /// <summary>Three model servers, two gateways and operators, while everything dies, forgets and misunderstands; and then all come back.</summary>
    [Fact]
    public void Everybody_AfterAnyDisorder_AgreesOnOneActiveVersion()
    {
        var changes = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = new RolloutSimulation(seed);
            for (var i = 0; i < Steps; i++) world.Step();
            world.Settle();

            Assert.True(world.Faults.Count == 0, $"Seed {seed}: {string.Join('\n', world.Faults.Take(5))}");
            Assert.True(world.Document?.Active is not null, $"Seed {seed}: none is active: {Told.Text(world.Document)}");
            // Who is in a canary gets that: one subject gets one version of all servers.
            Assert.True(world.Answers.Distinct().Count() == 1 && world.Answers[0] == RolloutChoice.VersionFor(world.Document, "anybody"), $"Seed {seed}: {string.Join(' ', world.Answers)} by {Told.Text(world.Document)}");
            Assert.True(world.IsAtRest, $"Seed {seed}: {Told.Text(world.Document)} goes on.");
            Assert.NotEqual("4", world.Document.Active);
            changes += world.Changes;
        }

        Assert.True(changes > Seeds * 50, $"Little happened: {changes} changes.");
    }
}
