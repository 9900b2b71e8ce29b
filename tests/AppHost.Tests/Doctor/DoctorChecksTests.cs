using AppHost.Doctor;

namespace AppHost.Tests.Doctor;

/// <summary>Each check, well and failing: what fails names its cause and what to do.</summary>
public class DoctorChecksTests
{
    private static readonly DateTime Now = new(2030, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("10.0.100", 0, "10.0.401", "", "Ok", "10.0.401")]
    [InlineData("10.0.100", 0, "10.0.100", "", "Ok", "10.0.100")]
    [InlineData("10.0.200", 0, "10.0.101", "", "Fail", "older than 10.0.200")]
    [InlineData("10.0.100", 0, "11.0.100-rc.1", "", "Fail", "global.json")]
    [InlineData("10.0.100", 155, "", "A compatible .NET SDK was not found.\nMore", "Fail", "A compatible .NET SDK was not found.")]
    public void Sdk(string wanted, int exitCode, string output, string error, string level, string words)
        => Expect(level, words, SdkCheck.Of(wanted, new(exitCode, output, error)));

    [Fact]
    public void Sdk_NoDotnet_Fails() => Expect("Fail", "PATH", SdkCheck.Of("10.0.100", null));

    [Fact]
    public void Engine_Loads_IsOk() => Expect("Ok", "1.31.0, with CUDA", EngineCheck.Of(Report(), null));

    [Fact]
    public void Engine_DoesNotLoad_Fails() => Expect("Fail", "no libstdc++", EngineCheck.Of(Report() with { EngineVersion = null, EngineError = "no libstdc++" }, null));

    [Fact]
    public void Engine_NotBuilt_Fails() => Expect("Fail", "not built", EngineCheck.Of(null, "the model server is not built"));

    [Theory]
    [InlineData(false, "Ok")]
    [InlineData(true, "Fail")]
    public void Cuda_LibraryMissing_FailsOnlyWhereItIsAskedFor(bool isNeeded, string level)
        => Expect(level, "libcudnn.so.9 (cuDNN 9)", CudaCheck.Of(Report() with { MissingCudaLibraries = ["libcudnn.so.9 (cuDNN 9)"] }, isNeeded));

    [Theory]
    [InlineData(false, "Ok")]
    [InlineData(true, "Fail")]
    public void Cuda_BuildForTheCpu_FailsOnlyWhereItIsAskedFor(bool isNeeded, string level)
        => Expect(level, "build", CudaCheck.Of(Report() with { HasCudaProvider = false }, isNeeded));

    [Fact]
    public void Cuda_Complete_IsOk() => Expect("Ok", "cuDNN 9", CudaCheck.Of(Report(), isNeeded: true));

    [Theory]
    [InlineData("NVIDIA H100, 580.65, 81920, 80000", false, "Ok", "80000 of 81920 MiB")]
    [InlineData("NVIDIA H100, 580.65, 81920, 100", false, "Warn", "little is free")]
    [InlineData("NVIDIA H100, 550.1, 81920, 80000", false, "Warn", "needs driver 580")]
    [InlineData("NVIDIA H100, 550.1, 81920, 80000", true, "Fail", "needs driver 580")]
    [InlineData("what", false, "Warn", "not understood")]
    public void Gpu(string output, bool isNeeded, string level, string words) => Expect(level, words, GpuCheck.Of(new(0, output, ""), isNeeded));

    [Theory]
    [InlineData(false, "Ok")]
    [InlineData(true, "Fail")]
    public void Gpu_None_FailsOnlyWhereItIsAskedFor(bool isNeeded, string level)
    {
        Expect(level, "nvidia-smi", GpuCheck.Of(null, isNeeded));
        Expect(level, "No devices", GpuCheck.Of(new(6, "No devices were found", ""), isNeeded));
    }

    [Theory]
    [InlineData("auto", null, "", true, "Ok", "redis-server")]
    [InlineData("auto", null, "docker", false, "Ok", "Garnet")]
    [InlineData("auto", "podman", "podman", false, "Ok", "podman")]
    [InlineData("none", null, "", true, "Warn", "API keys")]
    [InlineData("garnet", null, "", false, "Ok", "Garnet")]
    [InlineData("process", null, "", true, "Ok", "PATH")]
    [InlineData("process", null, "", false, "Fail", "no redis-server")]
    [InlineData("container", "docker", "docker", false, "Ok", "docker")]
    [InlineData("container", null, "docker", false, "Fail", "docker is installed, but does not answer")]
    [InlineData("container", null, "", false, "Fail", "no container engine is installed")]
    public void Cache(string kind, string? answering, string installed, bool hasRedis, string level, string words)
        => Expect(level, words, CacheCheck.Of(kind, new(answering, installed.Split(' ', StringSplitOptions.RemoveEmptyEntries)), hasRedis));

    [Theory]
    [InlineData(8080, false, true, "Ok", "free")]
    [InlineData(8080, false, false, "Fail", "in use")]
    [InlineData(80, false, false, "Fail", "administrator")]
    [InlineData(8080, true, false, "Ok", "this platform's")]
    public void GatewayPort(int port, bool isRunning, bool isFree, string level, string words) => Expect(level, words, PortCheck.Gateway(port, isRunning, isFree));

    [Fact]
    public void Models_OneRefused_IsNamedWithItsReason()
    {
        var results = ModelsCheck.Of("models", [new("a", "1", 1, null), new("b", "2", 1, "There is no model.onnx.")]).ToArray();

        Expect("Ok", "1 versions", results[0]);
        Expect("Warn", "b:2", results[1]);
        Assert.Equal("There is no model.onnx.", results[1].Fix);
    }

    [Fact]
    public void Models_None_Warns() => Expect("Warn", "no model that can be served", Assert.Single(ModelsCheck.Of("models", [])));

    [Fact]
    public void Models_FolderAbsent_Fails()
        => Expect("Fail", "does not exist", Assert.Single(ModelsCheck.Of(new("/", "/absent-models", 8080, "auto", "auto", 2, "/", IsRunning: false), Report())));

    [Theory]
    [InlineData(16e9, "Ok")]
    [InlineData(1e9, "Warn")]
    public void Memory(double available, string level)
        => Expect(level, "2 replicas with 1 versions", MemoryCheck.Of((long)available, isLimited: true, Report() with { Models = [new("a", "1", 1_000_000_000, null), new("b", "1", 9_000_000_000, "refused")] }, 2));

    [Theory]
    [InlineData(8, "Ok")]
    [InlineData(1, "Warn")]
    public void Cores(int cores, string level) => Expect(level, $"{cores} for 2 replicas", CoresCheck.Of(cores, 2));

    [Theory]
    [InlineData("data folder", 50e9, "Ok")]
    [InlineData("data folder", 1e9, "Warn")]
    [InlineData("data folder", 1e6, "Fail")]
    [InlineData("models folder", 1e6, "Warn")]
    public void Disk(string what, double free, string level) => Expect(level, what, Assert.Single(DiskCheck.Of([(what, "/x")], _ => (long)free)));

    [Fact]
    public void Disk_FolderNotMadeYet_IsThatOfItsParent() => Assert.True(DiskCheck.FreeBytes(Path.Combine(Path.GetTempPath(), "not-there", "nor-there")) > 0);

    [Theory]
    [InlineData(0, 0, "Ok", "as the file system says")]
    [InlineData(600, 0, "Warn", "600 s")]
    [InlineData(0, 600, "Fail", "behind")]
    public void Clock(int fileAhead, int builtAhead, string level, string words)
        => Expect(level, words, ClockCheck.Of(Now, Now.AddSeconds(fileAhead), Now.AddSeconds(builtAhead)));

    [Theory]
    [InlineData(1, "Ok", "Redis say")]
    [InlineData(-45, "Warn", "Redis' clock differs by 45 s")]
    public void Clock_OfRedis(int behind, string level, string words) => Expect(level, words, ClockCheck.Of(Now, Now, Now, TimeSpan.FromSeconds(behind)));

    [Fact]
    public async Task Clock_RedisDoesNotAnswer_IsNotAsked() => Assert.Null(await ClockCheck.RedisSkewAsync("127.0.0.1:1"));

    [Theory]
    [InlineData("{\"a\":\"b\"}", "Ok", "can be read")]
    [InlineData("\uFEFF{\"a\":\"b\"} // comment", "Ok", "can be read")]
    [InlineData("{", "Fail", "not JSON")]
    public void Secrets(string content, string level, string words)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);
            Expect(level, words, SecretsCheck.Of(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Secrets_None_IsOk() => Expect("Ok", "first start", SecretsCheck.Of("/absent/secrets.json"));

    [Theory]
    [InlineData(1_048_576L, "Ok")]
    [InlineData(4096L, "Warn")]
    [InlineData(256L, "Fail")]
    [InlineData(null, "Ok")]
    public void OpenFiles(long? limit, string level) => Expect(level, "", FilesCheck.Of(limit, 2));

    [Fact]
    public void Watches_NoneLeft_Fails() => Expect("Fail", "inotify instances", WatchCheck.Of("The configured user limit (128) on the number of inotify instances has been reached."));

    [Fact]
    public void Watches_Left_IsOk() => Expect("Ok", "", WatchCheck.Of(WatchCheck.Try(Path.GetTempPath())));

    [Fact]
    public void Server_SaysWhatIsNoReport_IsTheFinding()
    {
        Assert.Contains("exit code 139: Segmentation fault", ServerReport.Read(new(139, "", "Segmentation fault\nmore")).Failure, StringComparison.Ordinal);
        Assert.Contains("exit code 0: hello", ServerReport.Read(new(0, "hello", "")).Failure, StringComparison.Ordinal);
        Assert.NotNull(ServerReport.Read(null).Failure);
        Assert.Equal("1.0", ServerReport.Read(new(0, """{"engine_version":"1.0","engine_error":null,"has_cuda_provider":false,"missing_cuda_libraries":[],"models":[]}""", "")).Report?.EngineVersion);
    }

    [Fact]
    public void Check_ThatStumbles_IsALineOfItsOwn() => Expect("Warn", "no such", Assert.Single(PlatformDoctor.Guarded(() => throw new IOException("no such"))));

    [Fact]
    public void Line_OfAFailure_IsOne()
        => Assert.Equal("fail  models            It\nis.  Fix: do".ReplaceLineEndings(" "), DoctorResult.Fail("models", "It\nis.", "do").ToString());

    private static void Expect(string level, string words, DoctorResult result)
    {
        Assert.Equal(Enum.Parse<DoctorLevel>(level), result.Level);
        Assert.Contains(words, result.Finding, StringComparison.Ordinal);
        // What fails has a cause and a fix.
        if (result.Level == DoctorLevel.Fail) Assert.False(string.IsNullOrWhiteSpace(result.Fix));
    }

    private static ServerReport Report() => new("1.31.0", null, HasCudaProvider: true, [], []);
}
