using AppHost.Replicas;
using AppHost.Startup;

namespace AppHost.Tests.Startup;

public class ModelLinesTests
{
    private static readonly ModelState Ready = new("sentiment:1", "ready", null, "text-classification");
    private static readonly ModelState Broken = new("broken:1", "error", "There is no model.onnx.", null);

    [Fact]
    public void Of_ReplicasThatAgree_IsOneLineAModel()
        => Assert.Equal(["Model      broken:1  not served: There is no model.onnx.", "Model      sentiment:1  ready  text-classification"], Lines([Broken, Ready], [Broken, Ready]));

    [Fact]
    public void Of_ReplicasThatDiffer_NamesThem()
        => Assert.Equal(
            ["Model      sentiment:1  ready  text-classification  (one)", "Model      sentiment:1  not served: Too large.  (two)"],
            Lines([Ready], [Ready with { State = "error", Reason = "Too large." }]));

    [Fact]
    public void Of_ModelOfOneReplica_NamesIt() => Assert.Equal(["Model      sentiment:1  ready  text-classification  (one)"], Lines([Ready], []));

    [Fact]
    public void Of_ModelWithAWarning_SaysItBehindTheModel()
        => Assert.Equal(
            ["Model      sentiment:1  ready  text-classification  warning: Pools by the mean."],
            Lines([Ready with { Warnings = ["Pools by the mean."] }], [Ready with { Warnings = ["Pools by the mean."] }]));

    [Fact]
    public void Of_NoModelReady_SaysSo() => Assert.StartsWith("No model is ready", Lines([Broken], [Broken]).Last(), StringComparison.Ordinal);

    [Fact]
    public void Of_EmptyFolder_NamesIt() => Assert.Contains("/models ", Assert.Single(Lines([], [])), StringComparison.Ordinal);

    [Fact]
    public void Of_NoReplica_SaysSo() => Assert.StartsWith("No model is served", Assert.Single(ModelLines.Of(new Dictionary<string, ModelState[]>(), "/models")), StringComparison.Ordinal);

    private static string[] Lines(ModelState[] one, ModelState[] two) => [.. ModelLines.Of(new Dictionary<string, ModelState[]> { ["one"] = one, ["two"] = two }, "/models")];
}
