namespace Reliability.Tests;

public class ReliabilityOptionsTests
{
    [Fact]
    public void Parse_WithoutArguments_WantsEveryFaultOnceAndTheSoak()
    {
        var options = ReliabilityOptions.Parse([]);
        Assert.True(options.WantsFaults && options.WantsSoak);
        Assert.True(options.Includes("redis-killed"));
        Assert.Null(options.FaultTime);
        Assert.Equal(TimeSpan.FromMinutes(30), options.SoakTime);
    }

    [Theory]
    [InlineData("soak", false, true)]
    [InlineData("faults", true, false)]
    [InlineData("redis-killed", true, false)]
    [InlineData("redis-killed,soak", true, true)]
    public void Parse_Only_WantsWhatIsNamed(string only, bool wantsFaults, bool wantsSoak)
    {
        var options = ReliabilityOptions.Parse(["--only", only]);
        Assert.Equal((wantsFaults, wantsSoak), (options.WantsFaults, options.WantsSoak));
        Assert.Equal(only == "faults", options.Includes("calm"));
    }

    [Fact]
    public void Parse_Values_AreTaken()
    {
        var options = ReliabilityOptions.Parse(["--seed", "7", "--minutes", "2.5", "--soak-minutes", "3", "--out", "/x"]);
        Assert.Equal((7, TimeSpan.FromMinutes(2.5), TimeSpan.FromMinutes(3), Path.GetFullPath("/x")), (options.Seed, options.FaultTime, options.SoakTime, options.Out));
    }

    [Theory]
    [InlineData("--only", "redis")]
    [InlineData("--minutes", "0")]
    [InlineData("--minutes", "soon")]
    [InlineData("--soak-minutes", "1e9")]
    [InlineData("--seed", "x")]
    [InlineData("--seed")]
    [InlineData("--fast")]
    public void Parse_UnknownOrBad_IsRefused(params string[] args) => Assert.Throws<ArgumentException>(() => ReliabilityOptions.Parse(args));
}
