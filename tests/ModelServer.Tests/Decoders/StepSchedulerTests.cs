using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

public class StepSchedulerTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 8)]
    [InlineData(5, 3)]
    [InlineData(16, 32)]
    public void Steps_OfAnyMix_KeepEverySequenceWithItsOwnTokens(int rows, int chunk)
    {
        for (var seed = 0; seed < 40; seed++) new World(rows, chunk, seed).Run(steps: 300);
    }

    [Fact]
    public void NextChunk_NoStreamOrFurtherPromptsWait_IsLonger()
    {
        var scheduler = new StepScheduler<string>(rows: 2, chunk: 4);
        scheduler.Join("a", 17);

        Assert.Equal(new PromptChunk(0, 0, 16, false), scheduler.NextChunk());
        Assert.Equal(new PromptChunk(0, 16, 1, true), scheduler.NextChunk());
        scheduler.Join("b", 6);
        Assert.Equal(new PromptChunk(1, 0, 4, false), scheduler.NextChunk());
        Assert.Equal(new PromptChunk(1, 4, 2, true), scheduler.NextChunk());
        scheduler.Leave(1);
        scheduler.Join("c", 9);
        Assert.Equal(new PromptChunk(1, 0, 8, false), scheduler.NextChunk(othersWait: true));
    }

    [Fact]
    public void NextChunk_LongPromptBesideAStream_ComesInPieces()
    {
        var scheduler = new StepScheduler<string>(rows: 3, chunk: 4);
        scheduler.Join("a", 1);
        scheduler.NextChunk();
        scheduler.Join("b", 9);

        Assert.False(scheduler.HasRoom);
        Assert.Equal(new PromptChunk(1, 0, 4, false), scheduler.NextChunk());
        Assert.Equal(new PromptChunk(1, 4, 4, false), scheduler.NextChunk());
        Assert.Equal(1, scheduler.Decoding);
        Assert.Equal(new PromptChunk(1, 8, 1, true), scheduler.NextChunk());
        Assert.Null(scheduler.NextChunk());
        Assert.Equal(2, scheduler.Decoding);
        Assert.True(scheduler.HasRoom);
    }

    [Fact]
    public void Leave_FirstOfSeveralWithOneBeingRead_FillsBothHoles()
    {
        var scheduler = new StepScheduler<string>(rows: 4, chunk: 4);
        foreach (var name in new[] { "a", "b", "c" })
        {
            scheduler.Join(name, 1);
            scheduler.NextChunk();
        }

        scheduler.Join("d", 9);

        Assert.Equal([new RowMove(2, 0), new RowMove(3, 2)], scheduler.Leave(0).ToArray());
        Assert.Equal(["c", "b", "d"], scheduler.Rows);
        Assert.Equal(new PromptChunk(2, 0, 4, false), scheduler.NextChunk());
    }

    /// <summary>Plays the engine: rows of tokens that only the scheduler's chunks, steps and moves change.</summary>
    private sealed class World(int rows, int chunk, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly StepScheduler<Player> _scheduler = new(rows, chunk);
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
            Assert.Null(_scheduler.NextChunk());
        }

        private void Join()
        {
            var number = ++_players * 1000;
            var player = new Player(Enumerable.Range(number, _random.Next(1, 5 * chunk)).ToArray(), _random.Next(1, 12));
            _scheduler.Join(player, player.Prompt.Length);
            _cache[_scheduler.Rows.Count - 1].Clear();
        }

        private void Read()
        {
            var othersWait = _random.Next(2) == 0;
            var most = chunk * (_scheduler.Decoding == 0 ? StepScheduler<Player>.Longest : othersWait ? 2 : 1);
            if (_scheduler.NextChunk(othersWait) is not { } next) return;
            Assert.InRange(next.Length, 1, most);
            var player = _scheduler.Rows[next.Row];
            Assert.Equal(player.Seen.Count, next.Start);
            Append(next.Row, player.Prompt[next.Start..(next.Start + next.Length)]);
            Assert.Equal(next.IsLast, player.Seen.Count == player.Prompt.Length);
        }

        /// <summary>Everyone whose prompt was read gets exactly one token, nobody else any.</summary>
        private void Decode()
        {
            var decoding = _scheduler.Decoding;
            Assert.Equal(_scheduler.Rows.Take(decoding), _scheduler.Rows.Where(p => p.IsRead));
            Assert.InRange(_scheduler.Rows.Count - decoding, 0, 1);
            for (var row = decoding - 1; row >= 0; row--)
            {
                var player = _scheduler.Rows[row];
                Append(row, [player.Prompt[0] + player.Seen.Count]);
                if (player.Seen.Count == player.Prompt.Length + player.Steps) Leave(row);
            }
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
                _cache[move.To] = _cache[move.From];
                _cache[move.From] = [];
            }
        }

        private void Check()
        {
            Assert.InRange(_scheduler.Rows.Count, 0, rows);
            for (var row = 0; row < _scheduler.Rows.Count; row++) Assert.Equal(_scheduler.Rows[row].Seen, _cache[row]);
        }
    }

    private sealed record Player(int[] Prompt, int Steps)
    {
        public List<int> Seen { get; } = [];

        public bool IsRead => Seen.Count >= Prompt.Length;
    }
}
