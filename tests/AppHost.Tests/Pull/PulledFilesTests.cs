namespace AppHost.Tests.Pull;

public class PulledFilesTests
{
    [Fact]
    public async Task Pull_Variant_IsTakenByTheServer()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["onnx/model_int8.onnx"] = OnnxBytes.WithWeights(9_000);

        Assert.Equal(0, await run.PullAsync([TestHub.Repository, "--variant", "int8", "--as", "small:3"]));

        Assert.Contains("small/3/onnx/model_int8.onnx", run.Landed());
        Assert.DoesNotContain("small/3/model.onnx", run.Landed());
        Assert.Equal("{ \"variant\": \"int8\" }\n", File.ReadAllText(Path.Combine(run.Models, "small/3/serving.json")));
    }

    [Fact]
    public async Task Pull_VariantThatIsNotThere_NamesThoseThatAre()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Add("onnx/model_q4.onnx", "");

        Assert.Equal(1, await run.PullAsync([TestHub.Repository, "--variant", "int8"]));

        Assert.Contains("has no model_int8.onnx; take one of its variants with --variant: fp32, q4.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "optimum-cli export onnx --model acme/tiny models/tiny/1/")]
    [InlineData("onnx/encoder_model.onnx", "with encoder and decoder")]
    [InlineData("cpu/int4/model.onnx", "there is cpu/int4/model.onnx")]
    public async Task Pull_RepositoryWithoutAGraph_SaysWhatToDo(string file, string expected)
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files.Remove("model.onnx");
        run.Hub.Add(file, "");

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_RepositoryWithItsOwnServingFile_KeepsIt()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["model_q4.onnx"] = OnnxBytes.WithWeights(9_000);
        run.Hub.Add("serving.json", """{ "variant": "q4", "maxTokens": 64 } // theirs""");

        Assert.Equal(1, await run.PullAsync());
        Assert.Contains("--variant q4", run.Error, StringComparison.Ordinal);

        Assert.Equal(0, await run.PullAsync([TestHub.Repository, "--variant", "q4"]));
        Assert.Equal(run.Hub.Files["serving.json"], File.ReadAllBytes(Path.Combine(run.Models, "tiny/1/serving.json")));
    }

    [Fact]
    public async Task Pull_GraphWithWeightsElsewhere_BringsThoseItNames()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files.Remove("model.onnx");
        run.Hub.Files["onnx/model.onnx"] = OnnxBytes.WithExternal("model.onnx_data", "blocks/weights.bin");
        run.Hub.Files["onnx/model.onnx_data"] = new byte[20_000];
        run.Hub.Files["onnx/model.onnx_data_1"] = new byte[10];
        run.Hub.Files["onnx/blocks/weights.bin"] = new byte[30_000];
        run.Hub.Files["onnx/model_q4.onnx_data"] = new byte[10];

        Assert.Equal(0, await run.PullAsync());

        string[] expected = ["tiny/1/onnx/blocks/weights.bin", "tiny/1/onnx/model.onnx", "tiny/1/onnx/model.onnx_data", "tiny/1/onnx/model.onnx_data_1"];
        Assert.Equal(expected, run.Landed().Where(f => f.Contains("/onnx/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("absent.bin")]
    [InlineData("../../../../escape.bin")]
    [InlineData("/etc/passwd")]
    public async Task Pull_GraphThatNamesNoFileOfTheRepository_IsRefused(string location)
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Files["model.onnx"] = OnnxBytes.WithExternal(location);
        run.Hub.ListedOnly.Add("../../../../escape.bin");

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains($"'{location}', which acme/tiny does not hold", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Landed());
    }

    [Fact]
    public async Task Pull_FileThatIsNoGraph_IsRefused()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Add("model.onnx", "<html>");

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains("model.onnx is not an ONNX file", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Landed());
    }

    [Fact]
    public async Task Pull_ListingWithHostilePaths_TouchesNoneOfThem()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.ListedOnly.AddRange(
        [
            "../config.json", "/config.json", "onnx/../../../x.json", "C:\\config.json", "C:config.json", "..\\config.json", "1_Pooling/../../../config.json",
            "1_Pooling\\config.json", "./config.json", "a//config.json", "config.json ", "config.json.", "con\u0000fig.json", "", ".. /config.json",
        ]);

        Assert.Equal(0, await run.PullAsync());

        Assert.Equal(["tiny/1/1_Pooling/config.json", "tiny/1/config.json", "tiny/1/model.onnx", "tiny/1/tokenizer.json"], run.Landed());
        Assert.Equal(4, run.Hub.Requests.Count(r => r.IsOfHub && r.Path.Contains("/resolve/", StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(run.Models)!, "config.json"));
    }
}
