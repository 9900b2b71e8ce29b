using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class ElementTypeTests
{
    [Fact]
    public void Run_OfEveryType_AnswersTheSameElements()
    {
        RoundTrip([1.5f, float.NaN, float.MinValue], TensorElementType.Float);
        RoundTrip([(byte)0, byte.MaxValue, (byte)7], TensorElementType.UInt8);
        RoundTrip([sbyte.MinValue, sbyte.MaxValue, (sbyte)-1], TensorElementType.Int8);
        RoundTrip([(ushort)0, ushort.MaxValue, (ushort)300], TensorElementType.UInt16);
        RoundTrip([short.MinValue, short.MaxValue, (short)-1], TensorElementType.Int16);
        RoundTrip([int.MinValue, int.MaxValue, -1], TensorElementType.Int32);
        RoundTrip([long.MinValue, long.MaxValue, -1], TensorElementType.Int64);
        RoundTrip([true, false, true], TensorElementType.Bool);
        RoundTrip([(Float16)1.5f, Float16.NegativeInfinity, Float16.MaxValue], TensorElementType.Float16);
        RoundTrip([Math.PI, double.NegativeInfinity, double.Epsilon], TensorElementType.Double);
        RoundTrip([uint.MaxValue, 0u, 3_000_000_000], TensorElementType.UInt32);
        RoundTrip([ulong.MaxValue, 0ul, 1ul], TensorElementType.UInt64);
        RoundTrip([(BFloat16)1.5f, BFloat16.NaN, BFloat16.MinValue], TensorElementType.BFloat16);
    }

    [Fact]
    public void Run_OfNoElements_AnswersNone()
    {
        using var session = new InferenceSession(EngineFixture.Model("identity_int64"));
        using var x = OrtValue.CreateTensorValueFromMemory(Array.Empty<long>(), [0]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["y"]);
        Assert.Equal([0L], results[0].GetTensorTypeAndShape().Shape);
        Assert.Equal(0, results[0].GetTensorTypeAndShape().ElementCount);
        Assert.True(results[0].GetTensorDataAsSpan<long>().IsEmpty);
    }

    [Fact]
    public void Run_OfAScalar_KeepsRankZero()
    {
        using var session = new InferenceSession(EngineFixture.Model("scalar"));
        Assert.Empty(session.InputMetadata["x"].Dimensions);
        using var x = OrtValue.CreateTensorValueFromMemory([2.5f], []);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["y"]);
        var info = results[0].GetTensorTypeAndShape();
        Assert.Equal(0, info.DimensionsCount);
        Assert.Equal(1, info.ElementCount);
        Assert.Equal(-2.5f, results[0].GetTensorDataAsSpan<float>()[0]);
    }

    [Fact]
    public void Run_OfStrings_KeepsThemAsUtf8()
    {
        string[] texts = ["", "plain", "über 日本 🎉", new('x', 5000)];
        using var x = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [texts.Length]);
        for (var i = 0; i < 3; i++) x.StringTensorSetElementAt(texts[i].AsSpan(), i);
        x.StringTensorSetElementAt(System.Text.Encoding.UTF8.GetBytes(texts[3]).AsSpan(), 3);
        using var session = new InferenceSession(EngineFixture.Model("identity_string"));
        Assert.True(session.InputMetadata["x"].IsString);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["y"]);
        Assert.True(results[0].GetTensorTypeAndShape().IsString);
        Assert.Equal(texts, results[0].GetStringTensorAsArray());
        Assert.Equal(texts[2], results[0].GetStringElement(2));
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(texts[2]), results[0].GetStringElementAsSpan(2).ToArray());
        Assert.Equal(texts[1], results[0].GetStringElementAsMemory(1).ToString());
        AssertRefused("InvalidArgument", () => results[0].GetTensorDataAsSpan<byte>().Length.ToString());
    }

    [Fact]
    public void GetTensorDataAsSpan_OfAnotherType_IsRefusedExceptAsBytes()
    {
        using var value = OrtValue.CreateTensorValueFromMemory(new float[] { 1, 2 }, [2]);
        AssertRefused("InvalidArgument", () => value.GetTensorDataAsSpan<int>().Length.ToString());
        Assert.Equal(8, value.GetTensorDataAsSpan<byte>().Length);
        Assert.Equal(8, value.GetTensorMutableRawData().Length);
        AssertRefused("Fail", () => value.GetStringTensorAsArray().Length.ToString());
    }

    [Theory]
    [InlineData(0f, 0x0000, 0x0000)]
    [InlineData(-0f, 0x8000, 0x8000)]
    [InlineData(1f, 0x3C00, 0x3F80)]
    [InlineData(0.1f, 0x2E66, 0x3DCD)]
    [InlineData(65504f, 0x7BFF, 0x4780)]
    [InlineData(1e6f, 0x7C00, 0x4974)]
    [InlineData(6e-8f, 0x0001, 0x3381)]
    [InlineData(float.PositiveInfinity, 0x7C00, 0x7F80)]
    public void HalfTypes_OfANumber_HaveTheBitsOfTheNearest(float number, int half, int brain)
    {
        Assert.Equal((ushort)half, ((Float16)number).value);
        Assert.Equal((ushort)brain, ((BFloat16)number).value);
        Assert.Equal((float)BitConverter.UInt16BitsToHalf((ushort)half), (float)new Float16((ushort)half));
        Assert.Equal(BitConverter.UInt32BitsToSingle((uint)brain << 16), (float)new BFloat16((ushort)brain));
    }

    [Fact]
    public void HalfTypes_OfNaN_AreNaNAndUnequalByOperatorButEqualByEquals()
    {
        Assert.True(Float16.IsNaN((Float16)float.NaN));
        Assert.True(BFloat16.IsNaN((BFloat16)float.NaN));
        Assert.False(Float16.NaN == (Float16)float.NaN);
        Assert.True(Float16.NaN.Equals((Float16)float.NaN));
        Assert.True(BFloat16.Zero == BFloat16.NegativeZero);
        Assert.True((Float16)(-2f) < Float16.One);
    }

    [Fact]
    public void Run_InHalfPrecision_Computes()
    {
        using var session = new InferenceSession(EngineFixture.Model("half"));
        Assert.Equal(typeof(Float16), session.InputMetadata["x"].ElementType);
        using var x = OrtValue.CreateTensorValueFromMemory([(Float16)1.25f, (Float16)(-3f), (Float16)40000f], [3]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["y"]);
        Assert.Equal([2.5f, -6f, float.PositiveInfinity], results[0].GetTensorDataAsSpan<Float16>().ToArray().Select(v => (float)v));
    }

    internal static void AssertRefused(string code, Func<object> action) =>
        Assert.StartsWith($"[ErrorCode:{code}] ", Assert.Throws<OnnxRuntimeException>(action).Message, StringComparison.Ordinal);

    private static void RoundTrip<T>(T[] elements, TensorElementType type)
        where T : unmanaged
    {
        using var session = new InferenceSession(EngineFixture.Model("identity_" + type.ToString().ToLowerInvariant()));
        Assert.Equal(type, session.InputMetadata["x"].ElementDataType);
        Assert.Equal(typeof(T), session.OutputMetadata["y"].ElementType);
        using var x = OrtValue.CreateTensorValueFromMemory(elements, [elements.Length]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["y"]);
        Assert.Equal(type, results[0].GetTensorTypeAndShape().ElementDataType);
        Assert.Equal(elements, results[0].GetTensorDataAsSpan<T>().ToArray());
    }
}
