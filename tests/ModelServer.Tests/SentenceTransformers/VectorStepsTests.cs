using ModelServer.SentenceTransformers;

namespace ModelServer.Tests.SentenceTransformers;

public sealed class VectorStepsTests
{
    private static readonly float[] Weights = [1, 2, 3, 4];

    [Fact]
    public void Dense_Vector_IsMultipliedShiftedAndActivated()
        => Assert.Equal([9, -9], new DenseStep(2, 2, Weights, [10, -8], static _ => { }).Apply([1, -1]));

    [Fact]
    public void Dense_Residual_IsAddedBehindTheActivation()
    {
        Assert.Equal([1, -1], new DenseStep(2, 2, Weights, null, static v => v.Clear(), []).Apply([1, -1]));
        Assert.Equal([-1, -1], new DenseStep(2, 2, [0, 0, 0, 0], null, static _ => { }, Weights).Apply([1, -1]));
    }

    [Fact]
    public void LayerNorm_EqualNumbers_AreTheShift() => Assert.Equal([0.5f, -1], new LayerNormStep([3, 4], [0.5f, -1]).Apply([7, 7]));

    [Fact]
    public void Normalize_Zeros_StayZeros() => Assert.Equal([0, 0], new NormalizeStep().Apply([0, 0]));
}
