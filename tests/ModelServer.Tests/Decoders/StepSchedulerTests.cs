using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

public class StepSchedulerTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8)]
    [InlineData(2, 8)]
    [InlineData(5, 3)]
    [InlineData(16, 32)]
    public void Steps_OfAnyMix_KeepEverySequenceWithItsOwnTokens(int rows, int chunk)
    {
        for (var seed = 0; seed < 40; seed++) new World(rows, chunk, seed, joins: seed % 2 == 0).Run(steps: 300);
    }

    [Fact]
    public void PlanPrompt_SeveralChunks_AreOneRunAsFarAsItMayBe()
    {
        var scheduler = Of<string>(rows: 2, chunk: 4);
        scheduler.Join("a", 31, alreadyRead: 0);

        Assert.Equal([new StepEntry(0, 0, 16, false)], Prompt(scheduler, chunks: 7));
        Assert.Equal([new StepEntry(0, 16, 12, false)], Prompt(scheduler, chunks: 3));
        Assert.Empty(Prompt(scheduler, chunks: 0));
        Assert.Equal([new StepEntry(0, 28, 3, true)], Prompt(scheduler, chunks: 3));
    }

    [Fact]
    public void PlanPrompt_ChunksThatMayNotBeJoined_AreRunsOfTheirOwn()
    {
        var scheduler = new StepScheduler<string>(rows: 1, chunk: 4, new(chunk: 4, ratio: 2), joins: false);
        scheduler.Join("a", 14, alreadyRead: 0);
        var runs = new List<StepEntry>();
        for (var plan = scheduler.PlanPrompt(chunks: 4); plan.Rows > 0; plan = scheduler.PlanPrompt(chunks: 4)) runs.Add(plan.Entries[0]);

        Assert.Equal([new(0, 0, 4, false), new(0, 4, 4, false), new(0, 8, 4, false), new(0, 12, 2, true)], runs);
    }

    /// <summary>As far as the step allows; one token is a run of its own.</summary>
    [Theory]
    [InlineData(19, 5, 19)]
    [InlineData(19, 4, 16)]
    [InlineData(17, 5, 16)]
    [InlineData(18, 5, 18)]
    [InlineData(7, 2, 7)]
    [InlineData(7, 1, 4)]
    [InlineData(3, 1, 3)]
    [InlineData(23, 9, 16)]
    public void PlanPrompt_RestThatMayBeJoined_IsReadWithTheChunksBeforeIt(int prompt, int chunks, int expected)
    {
        var scheduler = Of<string>(rows: 1, chunk: 4);
        scheduler.Join("a", prompt, alreadyRead: 0);

        Assert.Equal([new StepEntry(0, 0, expected, expected == prompt)], Prompt(scheduler, chunks));
    }

    [Fact]
    public void PlanPrompt_LongPromptBesideAStream_ComesInPieces()
    {
        var scheduler = Of<string>(rows: 3, chunk: 4);
        scheduler.Join("a", 1, alreadyRead: 0);
        Prompt(scheduler);
        scheduler.Join("b", 9, alreadyRead: 0);

        Assert.False(scheduler.HasRoom);
        Assert.Equal([new StepEntry(1, 0, 4, false)], Prompt(scheduler));
        Assert.Equal([new StepEntry(1, 4, 4, false)], Prompt(scheduler));
        Assert.Equal(1, scheduler.Decoding);
        Assert.Equal([new StepEntry(1, 8, 1, true)], Prompt(scheduler));
        Assert.Empty(Prompt(scheduler));
        Assert.Equal(2, scheduler.Decoding);
        Assert.True(scheduler.HasRoom);
    }

    [Fact]
    public void PlanDecoding_AfterPromptsOfDifferentLengths_StartsBehindEach()
    {
        var scheduler = Of<string>(rows: 3, chunk: 4);
        scheduler.Join("a", 3, alreadyRead: 0);
        Prompt(scheduler);
        scheduler.Join("b", 1, alreadyRead: 0);
        Prompt(scheduler);
        scheduler.Join("c", 9, alreadyRead: 0);

        Assert.Equal([new StepEntry(0, 3, 1, true), new StepEntry(1, 1, 1, true)], scheduler.PlanDecoding().Entries.ToArray());
        Assert.Equal([new StepEntry(0, 4, 1, true), new StepEntry(1, 2, 1, true)], scheduler.PlanDecoding().Entries.ToArray());
    }

    [Theory]
    [InlineData(5, 4)]
    [InlineData(9, 8)]
    [InlineData(12, 4)]
    public void PlanPrompt_PartIsReadAlready_StartsBehindIt(int prompt, int alreadyRead)
    {
        var scheduler = Of<string>(rows: 1, chunk: 4);
        scheduler.Join("a", prompt, alreadyRead);

        Assert.Equal([new StepEntry(0, alreadyRead, prompt - alreadyRead, true)], Prompt(scheduler, chunks: 4));
        Assert.Equal([new StepEntry(0, prompt, 1, true)], scheduler.PlanDecoding().Entries.ToArray());
    }

    [Fact]
    public void Leave_FirstOfSeveralWithOneBeingRead_FillsBothHoles()
    {
        var scheduler = Of<string>(rows: 4, chunk: 4);
        foreach (var (name, length) in new[] { ("a", 1), ("b", 2), ("c", 3) })
        {
            scheduler.Join(name, length, alreadyRead: 0);
            Prompt(scheduler);
        }

        scheduler.Join("d", 9, alreadyRead: 4);

        Assert.Equal([new RowMove(2, 0, 3), new RowMove(3, 2, 4)], scheduler.Leave(0).ToArray());
        Assert.Equal(["c", "b", "d"], scheduler.Rows);
        Assert.Equal([new StepEntry(2, 4, 4, false)], Prompt(scheduler));
    }

    private static StepScheduler<T> Of<T>(int rows, int chunk, bool joins = true) => new(rows, chunk, new(chunk, ratio: 2), joins);

    private static StepEntry[] Prompt(StepScheduler<string> scheduler, int chunks = 1) => scheduler.PlanPrompt(chunks).Entries.ToArray();

    /// <summary>Plays the engine: rows of tokens that only the scheduler's plans and moves change.</summary>
    private sealed class World(int rows, int chunk, int seed, bool joins)
    {
        private readonly Random _random = new(seed);
        private readonly StepScheduler<Player> _scheduler = Of<Player>(rows, chunk, joins);
        private readonly List<int>[] _cache = [.. Enumerable.Range(0, rows).Select(_ => new List<int>())];
        private int _players;

        public void Run(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                for (var row = _scheduler.Rows.Count - 1; row >= 0; row--)
                    if (_random.Next(40) == 0) Leave(row);
                if (_scheduler.HasRoom && _random.Next(2) == 0) Join();
                Read();
                Decode();
                Check();
            }

            while (_scheduler.Rows.Count > 0) Leave(_random.Next(_scheduler.Rows.Count));
            Assert.True(_scheduler.HasRoom);
            Assert.Equal(0, _scheduler.PlanPrompt(PrefillPace.Most).Rows);
            Assert.Equal(0, _scheduler.PlanDecoding().Rows);
        }

        private void Join()
        {
            var number = ++_players * 1000;
            // The edges as often as all between: a prompt of one token; nothing read yet, or all that may be.
            var length = _random.Next(3) == 0 ? 1 : _random.Next(1, 5 * chunk);
            var player = new Player(Enumerable.Range(number, length).ToArray(), _random.Next(1, 12));
            var most = (length - 1) / chunk;
            var alreadyRead = chunk * _random.Next(3) switch { 0 => 0, 1 => most, _ => _random.Next(most + 1) };
            _scheduler.Join(player, length, alreadyRead);
            _cache[_scheduler.Rows.Count - 1] = [.. player.Prompt[..alreadyRead]];
            player.Seen.AddRange(player.Prompt[..alreadyRead]);
        }

        /// <summary>One prompt after the other is read, on from where it was, by no more than the step allows; cut at multiples of the chunk whatever that is.</summary>
        private void Read()
        {
            var most = _random.Next(8);
            var isUnread = _scheduler.Rows.Any(p => !p.IsRead);
            var read = 0;
            for (var plan = _scheduler.PlanPrompt(most); plan.Rows > 0; plan = _scheduler.PlanPrompt(most - _scheduler.Pace.Chunks(read)))
            {
                Assert.True(plan.IsPrompt);
                var next = plan.Entries[0];
                var player = _scheduler.Rows[next.Row];
                Assert.Equal(player.Seen.Count, next.Start);
                Assert.Equal(0, next.Start % chunk);
                Assert.True(next.Count % chunk == 0 || (next.IsSampled && (next.Count < chunk || joins)));
                Append(next.Row, player.Prompt[next.Start..(next.Start + next.Count)]);
                Assert.Equal(next.IsSampled, player.IsRead);
                Assert.InRange(next.Count, 1, ((StepScheduler<Player>.Longest + 1) * chunk) - 1);
                read += next.Count;
                if (next.IsSampled && _scheduler.HasRoom && _random.Next(2) == 0)
                {
                    // What is left of the step's chunks is for the next prompt; that of the one before may be less than a chunk.
                    read = _scheduler.Pace.Chunks(read) * chunk;
                    Join();
                }
            }

            Assert.InRange(read, isUnread && most > 0 ? 1 : 0, most * chunk);
        }

        /// <summary>Everyone whose prompt was read gets exactly one token, nobody else any; nobody is in two rows. Who is alone may get a draft, and now and then
        /// a row forgets: its tokens are run again before the next one is sampled.</summary>
        private void Decode()
        {
            var read = _scheduler.Rows.Where(p => p.IsRead).ToArray();
            Assert.InRange(_scheduler.Rows.Count - read.Length, 0, 1);
            Assert.Equal(_scheduler.Rows.Count == 1 && read.Length == 1, _scheduler.IsAlone);
            var drafts = _scheduler.IsAlone && read[0].Again == 0 ? _random.Next(4) : 0;
            var plan = _scheduler.PlanDecoding(drafts);
            Assert.False(plan.IsPrompt);
            Assert.True(plan.Rows == 0 || plan.IsScored == drafts > 0);
            var entries = plan.Entries.ToArray();
            Assert.Equal(read.Select((p, row) => new StepEntry(row, p.Seen.Count, 1 + drafts, p.Again == 0, Drafts: drafts)), entries);
            Assert.Equal(read, entries.Select(e => _scheduler.Rows[e.Row]));
            for (var row = entries.Length - 1; row >= 0; row--)
            {
                var player = _scheduler.Rows[row];
                Append(row, [.. Enumerable.Range(player.Prompt[0] + player.Seen.Count, 1 + drafts)]);
                if (player.Again > 0) player.Again--;
                else if (player.Seen.Count - drafts >= player.Prompt.Length + player.Steps) Leave(row);
                else if (drafts > 0 || _random.Next(10) == 0) Forget(row, held: player.Seen.Count - _random.Next(drafts + 1));
            }
        }

        private void Forget(int row, int held)
        {
            var player = _scheduler.Rows[row];
            var kept = _random.Next(3) == 0 ? _random.Next(player.Prompt.Length, held + 1) : held;
            player.Again = held - kept;
            _cache[row].RemoveRange(kept, _cache[row].Count - kept);
            player.Seen.RemoveRange(kept, player.Seen.Count - kept);
            _scheduler.Forget(row, kept, player.Again);
        }

        private void Append(int row, int[] tokens)
        {
            _cache[row].AddRange(tokens);
            _scheduler.Rows[row].Seen.AddRange(tokens);
        }

        private void Leave(int row)
        {
            foreach (var move in _scheduler.Leave(row).ToArray())
            {
                Assert.Equal(_cache[move.From].Count, move.Length);
                _cache[move.To] = _cache[move.From];
                _cache[move.From] = [];
            }
        }

        private void Check()
        {
            Assert.InRange(_scheduler.Rows.Count, 0, rows);
            for (var row = 0; row < _scheduler.Rows.Count; row++)
            {
                var player = _scheduler.Rows[row];
                Assert.Equal(player.Seen, _cache[row]);
                Assert.Equal(Enumerable.Range(player.Prompt[0], player.Seen.Count), player.Seen);
            }
        }
    }

    private sealed record Player(int[] Prompt, int Steps)
    {
        public List<int> Seen { get; } = [];

        /// <summary>Tokens that are known and not in its row.</summary>
        public int Again { get; set; }

        public bool IsRead => Seen.Count >= Prompt.Length;
    }
}
