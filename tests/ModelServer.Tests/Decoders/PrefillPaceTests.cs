using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

/// <summary>In virtual time: a chunk of 10 tokens takes 5 ms and a step 20 ms, unless a test says otherwise.</summary>
public class PrefillPaceTests
{
    private const int Chunk = 10;

    [Theory]
    [InlineData(2, 8)]
    [InlineData(1, 4)]
    [InlineData(0.6, 2)]
    [InlineData(0, 1)]
    [InlineData(100, PrefillPace.Most)]
    public void Allowance_OfARatio_TakesThatManyTimesTheStep(double ratio, int chunks)
        => Assert.Equal(chunks, Settled(ratio).Allowance(read: 0, spent: 0, othersWait: false));

    [Theory]
    [InlineData(4, 20, 4)]
    [InlineData(4, 30, 2)]
    [InlineData(1, 45, 0)]
    [InlineData(15, 10, 1)]
    public void Allowance_PartIsSpent_IsWhatIsLeft(int read, double spent, int chunks)
        => Assert.Equal(chunks, Settled(ratio: 2).Allowance(read, spent, othersWait: false));

    [Theory]
    [InlineData(0, false, 1)]
    [InlineData(0, true, 2)]
    [InlineData(1, false, 0)]
    [InlineData(1, true, 1)]
    [InlineData(2, true, 0)]
    public void Allowance_ChunksTakeLongerThanTheirTime_IsTheLeast(int read, bool othersWait, int chunks)
    {
        var pace = new PrefillPace(Chunk, ratio: 2);
        pace.Read(Chunk, 50);
        pace.Stepped(20);

        Assert.Equal(chunks, pace.Allowance(read, spent: 50 * read, othersWait));
    }

    [Fact]
    public void Allowance_NothingMeasured_IsTheLeast()
    {
        var pace = new PrefillPace(Chunk, ratio: 2);
        Assert.Equal(1, pace.Allowance(0, 0, othersWait: false));
        pace.Stepped(20);
        Assert.Equal(2, pace.Allowance(0, 0, othersWait: true));
        pace.Read(Chunk - 1, 1);
        Assert.Equal(1, pace.Allowance(0, 0, othersWait: false));
        pace.Read(2 * Chunk, 10);
        Assert.Equal(8, pace.Allowance(0, 0, othersWait: false));
    }

    [Fact]
    public void Stepped_OnceForAsLongAsAPause_ChangesLittle()
    {
        var pace = Settled(ratio: 2);

        pace.Stepped(5_000);

        Assert.InRange(pace.Allowance(0, 0, othersWait: false), 8, 10);
    }

    [Fact]
    public void Allowance_PaceOfTheEngineChanges_Follows()
    {
        var pace = Settled(ratio: 2);

        for (var i = 0; i < 20; i++) pace.Stepped(10);
        Assert.Equal(4, pace.Allowance(0, 0, othersWait: false));
        for (var i = 0; i < 20; i++) pace.Read(4 * Chunk, 80);

        Assert.Equal(1, pace.Allowance(0, 0, othersWait: false));
    }

    /// <summary>Prompts of any length beside streams: between two tokens of these no more than the step and its multiple pass, and prompts come as fast as that allows.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    [InlineData(4)]
    public void Steps_PromptsBesideStreams_KeepTheGap(double ratio)
    {
        var random = new Random(1);
        var pace = new PrefillPace(Chunk, ratio);
        var scheduler = new StepScheduler<string>(rows: 3, Chunk, pace);
        scheduler.Join("stream", 1, alreadyRead: 0);
        scheduler.PlanPrompt(1);
        var (gaps, tokens) = (new List<double>(), 0);
        for (var step = 0; step < 500; step++)
        {
            var (read, spent) = (0, 0.0);
            if (scheduler.HasRoom) scheduler.Join("prompt", random.Next(1, 300), alreadyRead: 0);
            for (var plan = Next(); plan.Rows > 0; plan = Next())
            {
                var time = Noisy(plan.Count * 0.5);
                pace.Read(plan.Count, time);
                spent += time;
                read += pace.Chunks(plan.Count);
                tokens += plan.Count;
            }

            scheduler.PlanDecoding();
            var took = Noisy(20);
            pace.Stepped(took);
            gaps.Add(spent + took);
            if (scheduler.Decoding == 3) scheduler.Leave(1);

            StepPlan Next() => scheduler.PlanPrompt(pace.Allowance(read, spent, othersWait: false));
        }

        // The first steps know nothing yet.
        Assert.InRange(gaps.Skip(20).Max(), 20, 1.3 * 20 * (1 + ratio));
        Assert.InRange(tokens * 0.5 / gaps.Sum(), 0.5 * ratio / (1 + ratio), ratio / (1 + ratio));

        double Noisy(double time) => time * (0.9 + (0.2 * random.NextDouble()));
    }

    private static PrefillPace Settled(double ratio)
    {
        var pace = new PrefillPace(Chunk, ratio);
        pace.Read(Chunk, 5);
        pace.Stepped(20);
        return pace;
    }
}
