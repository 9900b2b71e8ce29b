using AppHost.Cache;
using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Cache;

public sealed class ContainerEngineTests : IDisposable
{
    private const string Image = "docker.io/library/redis:8.6";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsTheory(Need.Linux)]
    [InlineData("Docker version 28.2.2, build e6534b4", true, true, false, true)]
    [InlineData("Docker version 28.2.2, build e6534b4", true, false, true, true)]
    [InlineData("Docker version 28.2.2, build e6534b4", true, false, false, false)]
    [InlineData("Docker version 28.2.2, build e6534b4", false, true, true, false)]
    [InlineData("podman version 5.4.0", true, true, true, true)]
    [InlineData("podman version 5.0.0-rc2", true, true, true, true)]
    [InlineData("podman version 4.3.1", true, true, true, false)]
    [InlineData("podman version unknown", true, true, true, false)]
    public void CanRun_EngineThatAnswersSo_IsJudged(string version, bool answers, bool hasImage, bool pulls, bool expected)
    {
        List<string> said = [];
        var engine = new ContainerEngine("docker", FakeEngine.Write(_folder.Path, "docker", version, answers, hasImage, pulls));

        Assert.Equal(expected, engine.CanRun(Image, said.Add));

        // Who waits for a download knows what for; nothing is downloaded that is there.
        Assert.Equal(answers && !hasImage ? 1 : 0, said.Count);
        Assert.Equal(said.Count > 0, File.ReadAllText(Path.Combine(_folder.Path, "docker.log")).Contains($"pull --quiet {Image}", StringComparison.Ordinal));
    }

    [NeedsFact(Need.Linux)]
    public void CanRun_NotAProgram_IsFalse()
    {
        var file = Path.Combine(_folder.Path, "docker");
        File.WriteAllText(file, "not a program");

        Assert.False(new ContainerEngine("docker", file).CanRun(Image, _ => { }));
    }
}
