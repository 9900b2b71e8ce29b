using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

public class PrefixIndexTests
{
    private const int Tokens = 4;
    private readonly List<int> _found = [];
    private readonly List<(int Place, int Number)> _added = [];

    [Fact]
    public void Find_BeginningThatWasAdded_GivesItsBlocksInOrder()
    {
        var index = new PrefixIndex(8, Tokens);
        Add(index, "a", 1, 2, 3);

        Assert.Equal([0, 1, 2], Find(index, "a", 1, 2, 3, 4));
        Assert.Equal([0, 1], Find(index, "a", 1, 2, 9));
        Assert.Empty(Find(index, "a", 2, 3));
    }

    [Fact]
    public void Find_AnotherTenant_GivesNothing()
    {
        var index = new PrefixIndex(8, Tokens);
        Add(index, "a", 1, 2);

        Assert.Empty(Find(index, "b", 1, 2));
        // Nor with the other's keys.
        index.Find("b", PrefixIndex.Keys("a", Ids(1, 2), Tokens), Ids(1, 2), _found);
        Assert.Empty(_found);
    }

    [Fact]
    public void Find_SameKeysOfOtherIds_GivesNothing()
    {
        var index = new PrefixIndex(8, Tokens);
        Add(index, "a", 1, 2);

        index.Find("a", PrefixIndex.Keys("a", Ids(1, 2), Tokens), Ids(1, 3), _found);

        Assert.Equal([0], _found);
    }

    [Fact]
    public void Add_BeginningInCommon_IsHeldOnce()
    {
        var index = new PrefixIndex(8, Tokens);
        Add(index, "a", 1, 2, 3);

        Assert.Equal([(3, 2)], Add(index, "a", 1, 2, 4));
        Assert.Equal(4, index.Count);
    }

    [Fact]
    public void Add_NoRoom_TakesThePlaceOfTheLeastRecentlyUsed()
    {
        var index = new PrefixIndex(4, Tokens);
        Add(index, "a", 1, 2);
        Add(index, "a", 5, 6);
        Find(index, "a", 1, 2);

        Add(index, "a", 9);

        Assert.Equal(1, index.Evictions);
        Assert.Equal([0, 1], Find(index, "a", 1, 2));
        Assert.Single(Find(index, "a", 5, 6));
        Assert.Equal([3], Find(index, "a", 9));
    }

    [Fact]
    public void Add_LongerThanAllRoom_KeepsItsBeginning()
    {
        var index = new PrefixIndex(3, Tokens);
        Add(index, "a", 7);

        Add(index, "a", 1, 2, 3, 4, 5);

        Assert.Equal(3, Find(index, "a", 1, 2, 3, 4, 5).Length);
    }

    /// <summary>Against a list of what was added: whatever is found was added and has its own block; the room is never exceeded.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(40)]
    public void Find_AfterAnyMixOfAddsAndFinds_GivesNoOthersBlock(int capacity)
    {
        var random = new Random(capacity);
        var index = new PrefixIndex(capacity, Tokens);
        var places = new string[capacity];
        for (var step = 0; step < 3000; step++)
        {
            var tenant = random.Next(3) == 0 ? "a" : "b";
            int[] blocks = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(3))];
            var found = Find(index, tenant, blocks);
            for (var i = 0; i < found.Length; i++) Assert.Equal(Name(i), places[found[i]]);
            if (random.Next(2) == 0) continue;
            foreach (var (place, number) in Add(index, tenant, blocks)) places[place] = Name(number);
            Assert.InRange(index.Count, 1, capacity);
            Assert.Equal(Math.Min(blocks.Length, capacity), Find(index, tenant, blocks).Length);

            string Name(int number) => $"{tenant} {string.Join(' ', blocks.Take(number + 1))}";
        }

        Assert.Equal(capacity, index.Count);
    }

    /// <summary>Blocks of equal tokens.</summary>
    private static int[] Ids(params int[] blocks) => [.. blocks.SelectMany(b => Enumerable.Repeat(b, Tokens))];

    private int[] Find(PrefixIndex index, string tenant, params int[] blocks)
    {
        index.Find(tenant, PrefixIndex.Keys(tenant, Ids(blocks), Tokens), Ids(blocks), _found);
        return [.. _found];
    }

    private (int Place, int Number)[] Add(PrefixIndex index, string tenant, params int[] blocks)
    {
        index.Add(tenant, PrefixIndex.Keys(tenant, Ids(blocks), Tokens), Ids(blocks), _added);
        return [.. _added];
    }
}
