using ModelServer.Runtime;

namespace ModelServer.Tests.Runtime;

public class EncoderLimitsTests
{
    private static readonly int Cores = Environment.ProcessorCount;

    public static TheoryData<string, string, string> Table => new()
    {
        { "Cpu", "", $"{Cores} 512 12 0" },
        { "Cpu", "Cores=1", "1 512 12 0" },
        { "Cpu", "Cores=1 IntraOpThreads=4", "1 512 12 0" },
        { "Cpu", $"IntraOpThreads={Cores}", "1 512 12 0" },
        { "Cpu", "Workers=3 BatchTokens=64 RunOverhead=6 BatchDelay=5", "3 64 6 5" },
        // A GPU is one, however many cores stand beside it.
        { "Cuda", "", "2 16384 300 2" },
        { "Cuda", "Cores=1", "2 16384 300 2" },
        { "Cuda", "IntraOpThreads=4", "2 16384 300 2" },
        { "Cuda", "BatchDelay=0", "2 16384 300 0" },
        { "Cuda", "Workers=1 BatchTokens=4096", "1 4096 300 2" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void On_ADevice_TakesWhatIsSetAndElseWhatSuitsIt(string device, string settings, string expected)
    {
        var options = new InferenceOptions();
        foreach (var (name, value) in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => (s.Split('=')[0], int.Parse(s.Split('=')[1]))))
        {
            if (name == "BatchDelay") options.BatchDelay = TimeSpan.FromMilliseconds(value);
            else typeof(InferenceOptions).GetProperty(name)!.SetValue(options, value);
        }

        var limits = EncoderLimits.On(Enum.Parse<DeviceKind>(device), options);

        Assert.Equal(expected, $"{limits.Workers} {limits.BatchTokens} {limits.RunOverhead} {limits.BatchDelay.TotalMilliseconds:0}");
    }
}
