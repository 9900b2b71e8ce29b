using AppHost.Startup;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Testing;

namespace AppHost.Tests.Startup;

public class StartArgumentsTests
{
    [Fact]
    public void Parse_ShortNames_BecomeConfigurationKeys()
    {
        var start = StartArguments.Parse(["--replicas", "3", "--gateway-port=9000", "--device", "cpu", "--cache", "none", "--no-dashboard", "--Logging:LogLevel:Default", "Debug"]);

        Assert.Equal(["--Platform:Replicas=3", "--Platform:GatewayPort=9000", "--Platform:Device=cpu", "--Cache:Kind=none", "--Logging:LogLevel:Default=Debug"], start.Configuration);
        Assert.False(start.HasDashboard);
        Assert.False(start.HasObservability);
        Assert.False(start.WantsHelp);
    }

    [Fact]
    public void Parse_Observability_IsWantedAndNoSettingOfOthers()
    {
        var start = StartArguments.Parse(["--observability", "--replicas", "1"]);

        Assert.True(start.HasObservability);
        Assert.True(start.HasDashboard);
        Assert.Equal(["--Platform:Replicas=1"], start.Configuration);
    }

    [Theory]
    [InlineData("--publisher", "manifest", "--output-path", "out")]
    [InlineData("--operation", "publish", "--step", "publish-manifest", "--output-path=out")]
    [InlineData("--operation", "publish", "--step", "publish-manifest", "--log-level", "debug", "--include-exception-details", "true", "--environment", "Production")]
    [InlineData("--list-steps", "--clear-cache")]
    [InlineData("--environment=Production", "--dcp-container-runtime", "podman")]
    public void Parse_AspiresOwnSwitches_ArePassedOn(params string[] args) => Assert.Equal(args, StartArguments.Parse(args).Configuration);

    [Theory]
    [InlineData("--Parameters:jwt-signing-key", "k=e:y")]
    [InlineData("--Parameters:jwt-signing-key=k=e:y")]
    [InlineData("/Parameters:jwt-signing-key", "k=e:y")]
    [InlineData("Parameters:jwt-signing-key=k=e:y")]
    public void Parse_Setting_IsPassedOn(params string[] args)
    {
        var configuration = Configuration(args);

        Assert.Equal("k=e:y", configuration["Parameters:jwt-signing-key"]);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--replicas", "2", "--help")]
    public void Parse_Help_IsWanted(params string[] args) => Assert.True(StartArguments.Parse(args).WantsHelp);

    [Theory]
    [InlineData("Unknown option --replica. Did you mean --replicas?", "--replica", "4")]
    [InlineData("Unknown option --Replicas. Did you mean --replicas?", "--Replicas", "4")]
    [InlineData("Unknown option --gateway-prot=80. Did you mean --gateway-port?", "--gateway-prot=80")]
    [InlineData("Unknown option --no-dashbord. Did you mean --no-dashboard?", "--no-dashbord")]
    [InlineData("Unknown option --observabilty. Did you mean --observability?", "--observabilty")]
    [InlineData("Unknown option --no-dashboard=true. Did you mean --no-dashboard?", "--no-dashboard=true")]
    [InlineData("Unknown option --port. Options: --cache --device --doctor --gateway-port --help --models --no-dashboard --observability --replicas.", "--port", "80")]
    [InlineData("Unknown option elsewhere. Options: --cache --device --doctor --gateway-port --help --models --no-dashboard --observability --replicas.", "--replicas", "2", "elsewhere")]
    [InlineData("Unknown option -x. Options: --cache --device --doctor --gateway-port --help --models --no-dashboard --observability --replicas.", "-x")]
    [InlineData("Unknown option . Options: --cache --device --doctor --gateway-port --help --models --no-dashboard --observability --replicas.", "")]
    [InlineData("Unknown option --Platform:Replcas. Did you mean --Platform:Replicas?", "--Platform:Replcas", "4")]
    [InlineData("Unknown option --platform:replica=4. Did you mean --Platform:Replicas?", "--platform:replica=4")]
    [InlineData("Unknown option -replicas. Did you mean --replicas?", "-replicas", "4")]
    [InlineData("--replicas needs a value.", "--replicas")]
    [InlineData("--models needs a value.", "--models", "--no-dashboard")]
    [InlineData("--Parameters:key needs a value.", "--Parameters:key")]
    public void Parse_WrongArgument_IsOneSentence(string sentence, params string[] args)
        => Assert.Equal(sentence, Assert.Throws<DistributedApplicationException>(() => StartArguments.Parse(args)).Message);

    [Theory]
    [InlineData("--replicas", "abc")]
    [InlineData("--replicas=0")]
    [InlineData("--replicas=")]
    [InlineData("--replicas", "65")]
    [InlineData("--replicas", "-1")]
    [InlineData("--replicas", "1.5")]
    [InlineData("--replicas", "99999999999")]
    [InlineData("--Platform:Replicas", "0")]
    [InlineData("--gateway-port", "0")]
    [InlineData("--gateway-port", "70000")]
    [InlineData("--gateway-port", "abc")]
    [InlineData("--device", "gpu")]
    [InlineData("--device", "CPU")]
    [InlineData("--cache", "redis")]
    [InlineData("--models", "/nowhere/at/all")]
    public void Check_WrongValue_IsOneSentenceWithOptionAndValue(params string[] args)
    {
        var message = Assert.Throws<DistributedApplicationException>(() => StartOption.Check(Configuration(args))).Message;

        Assert.Matches($@"^--[a-z-]+ \([A-Za-z:]+\) takes [^.]+, not '{System.Text.RegularExpressions.Regex.Escape(args[^1].Split('=')[^1])}'\.$", message);
    }

    [Fact]
    public void Check_TwoWrongValues_NamesBoth()
    {
        var message = Assert.Throws<DistributedApplicationException>(() => StartOption.Check(Configuration("--replicas", "0", "--cache", "x"))).Message;

        Assert.Equal(2, message.Split('\n').Length);
    }

    [Theory]
    [InlineData]
    [InlineData("--replicas", "64", "--gateway-port", "65535", "--device", "cuda", "--cache", "garnet", "--models", ".")]
    [InlineData("--replicas", "1", "--gateway-port", "1", "--device", "cpu", "--cache", "container")]
    public void Check_RightValues_Pass(params string[] args) => StartOption.Check(Configuration(args));

    [Fact]
    public void ReadHelp_EveryOption_IsExplainedAndEveryExplainedOneExists()
    {
        var help = StartArguments.ReadHelp();
        var explained = help.Split('\n').Where(line => line.StartsWith("  --", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]).Order().ToArray();

        Assert.Equal(StartOption.All.Select(option => option.Name).Append("--no-dashboard").Append("--observability").Append("--doctor").Append("--help").Order(), explained);
        // The script prints the same file, without building anything.
        Assert.Equal(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "AppHost", "Startup", "help.txt")), help);
        foreach (var kind in StartOption.All.Single(option => option.Name == "--cache").Expects.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)[2..]) Assert.Contains($" {kind} ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Free_TakenPort_IsNotFree()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();

        Assert.False(LoopbackPorts.IsFree(((System.Net.IPEndPoint)listener.LocalEndpoint).Port));
    }

    private static IConfiguration Configuration(params string[] args) => new ConfigurationBuilder().AddCommandLine(StartArguments.Parse(args).Configuration).Build();
}
