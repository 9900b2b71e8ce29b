using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class BindingTests
{
    [Fact]
    public void RunWithBinding_AfterTheInputChanges_WritesTheBoundOutput()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        float[] data = [1, 2, 3], sum = new float[3];
        using var x = OrtValue.CreateTensorValueFromMemory(data, [1, 3]);
        using var y = OrtValue.CreateTensorValueFromMemory(sum, [1, 3]);
        using var options = new RunOptions();
        using var binding = session.CreateIoBinding();
        binding.BindInput("x", x);
        binding.BindOutput("sum", y);
        binding.SynchronizeBoundInputs();
        session.RunWithBinding(options, binding);
        binding.SynchronizeBoundOutputs();
        Assert.Equal([11f, 22, 33], sum);
        data[0] = 5;
        session.RunWithBinding(options, binding);
        Assert.Equal([15f, 22, 33], sum);
    }

    [Fact]
    public void RunWithBoundResults_BoundToADevice_AllocatesTheOutput()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        using var x = OrtValue.CreateTensorValueFromMemory([1f, 2, 3, 4, 5, 6], [2, 3]);
        using var options = new RunOptions();
        using var binding = session.CreateIoBinding();
        binding.BindInput("x", x);
        binding.BindOutputToDevice("sum", OrtMemoryInfo.DefaultInstance);
        using var results = session.RunWithBoundResults(options, binding);
        Assert.Equal(["sum"], binding.GetOutputNames());
        Assert.Equal([2L, 3], Assert.Single(results).GetTensorTypeAndShape().Shape);
        Assert.Equal(36f, results[0].GetTensorDataAsSpan<float>()[5]);
    }

    [Fact]
    public void Clear_OfInputsAndOutputs_Unbinds()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        using var x = OrtValue.CreateTensorValueFromMemory([1f, 2, 3], [1, 3]);
        using var options = new RunOptions();
        using var binding = session.CreateIoBinding();
        binding.BindInput("x", x);
        binding.BindOutputToDevice("sum", OrtMemoryInfo.DefaultInstance);
        binding.ClearBoundOutputs();
        Assert.Empty(binding.GetOutputNames());
        Assert.Empty(binding.GetOutputValues());
        binding.ClearBoundInputs();
        binding.BindOutputToDevice("sum", OrtMemoryInfo.DefaultInstance);
        Assert.Throws<OnnxRuntimeException>(() => session.RunWithBinding(options, binding));
    }

    [Fact]
    public void BindInput_ToAnAllocation_ReadsIt()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        using var allocator = new OrtAllocator(session, OrtMemoryInfo.DefaultInstance);
        using var memory = allocator.Allocate(12);
        Assert.Equal(12u, memory.Size);
        Assert.Equal(OrtMemoryInfo.DefaultInstance.Name, allocator.Info.Name);
        using var options = new RunOptions();
        using var binding = session.CreateIoBinding();
        using var y = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        binding.BindInput("x", TensorElementType.Float, [1, 3], memory);
        binding.BindOutput("sum", y);
        session.RunWithBinding(options, binding);
        ElementTypeTests.AssertRefused("InvalidArgument", () =>
        {
            binding.BindInput("x", TensorElementType.Float, [2, 3], memory);
            return memory;
        });
    }

    [Fact]
    public void MemoryInfo_OfTheCpu_DescribesItself()
    {
        using var same = new OrtMemoryInfo("Cpu"u8.ToArray().Append((byte)0).ToArray(), OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        using var arena = new OrtMemoryInfo("Cpu", OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        Assert.Equal("Cpu", same.Name);
        Assert.Equal(0, same.Id);
        Assert.Equal(OrtMemType.Default, same.GetMemoryType());
        Assert.Equal(OrtAllocatorType.ArenaAllocator, arena.GetAllocatorType());
        Assert.False(same.Equals(arena));
        using var value = OrtValue.CreateTensorValueFromMemory([1f], [1]);
        Assert.Equal("Cpu", value.GetTensorMemoryInfo().Name);
    }
}
