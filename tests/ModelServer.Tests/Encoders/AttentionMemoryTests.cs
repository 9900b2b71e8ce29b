using ModelServer.Encoders;
using ModelServer.Runtime;

namespace ModelServer.Tests.Encoders;

public class AttentionMemoryTests
{
    private const long GiB = 1L << 30;

    [Theory]
    [InlineData(64, 8192)]
    [InlineData(10, 4096)]
    [InlineData(2, 2048)]
    [InlineData(0, 512)]
    public void Longest_MemoryThatIsLeft_TakesWhatFitsInEveryWorker(int gibibytes, int expected)
        => Assert.Equal(expected, AttentionMemory.Longest(heads: 12, workers: 2, maxTokens: 8192, new LoadMemory(gibibytes * GiB, () => 0)));

    [Theory]
    [InlineData(512)]
    [InlineData(64)]
    public void Longest_ShortModel_IsTakenAsItIs(int maxTokens) => Assert.Equal(maxTokens, AttentionMemory.Longest(null, 16, maxTokens, new LoadMemory(0, () => 0)));
}
