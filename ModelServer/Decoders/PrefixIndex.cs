using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ModelServer.Decoders;

/// <summary>Which blocks of memory hold the beginnings of prompts: a tree whose edges are blocks of token ids, one tree for each tenant. The least recently
/// used block goes first; a block is never older than those that continue it, so that the oldest has none. Not for several threads.</summary>
/// <param name="capacity">Blocks that there are.</param>
/// <param name="blockTokens">Tokens of each.</param>
internal sealed class PrefixIndex(int capacity, int blockTokens)
{
    private readonly Dictionary<UInt128, Node> _nodes = [];
    private readonly LinkedList<Node> _recent = [];

    /// <summary>Blocks in use.</summary>
    public int Count => _nodes.Count;

    /// <summary>Blocks that made room for others.</summary>
    public long Evictions { get; private set; }

    /// <summary>The keys of a prompt's whole blocks; each covers the tenant and all tokens up to the block's end.</summary>
    public static UInt128[] Keys(string tenant, ReadOnlySpan<int> ids, int blockTokens)
    {
        var keys = new UInt128[ids.Length / blockTokens];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(tenant), hash);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < keys.Length; i++)
        {
            sha.AppendData(hash);
            sha.AppendData(MemoryMarshal.AsBytes(ids.Slice(i * blockTokens, blockTokens)));
            sha.GetHashAndReset(hash);
            keys[i] = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        }

        return keys;
    }

    /// <summary>Looks up the longest beginning that is held, and makes it the most recent.</summary>
    /// <param name="keys">Of the blocks that are wanted.</param>
    /// <param name="found">Gets the places of its blocks.</param>
    public void Find(string tenant, ReadOnlySpan<UInt128> keys, ReadOnlySpan<int> ids, List<int> found)
    {
        found.Clear();
        Node? last = null;
        foreach (var key in keys)
        {
            if (Next(tenant, last, key, Block(ids, found.Count)) is not { } node) break;
            found.Add(node.Place);
            last = node;
        }

        Touch(last);
    }

    /// <summary>Adds the blocks of a beginning that are not held yet, as far as there is room without giving up its own.</summary>
    /// <param name="added">Gets the places of those that are to be filled, with their numbers in the prompt.</param>
    public void Add(string tenant, ReadOnlySpan<UInt128> keys, ReadOnlySpan<int> ids, List<(int Place, int Number)> added)
    {
        added.Clear();
        Node? last = null;
        for (var i = 0; i < keys.Length; i++)
        {
            var block = Block(ids, i);
            var node = Next(tenant, last, keys[i], block);
            if (node is null)
            {
                // Another's under the same key, if that ever happens, stays; and what is behind this block could not be found.
                if (_nodes.ContainsKey(keys[i])) break;
                if (added.Count == 0) Touch(last);
                if (Take(last) is not { } place) break;
                node = new Node(keys[i], tenant, last, block.ToArray(), place);
                if (last is null) _recent.AddFirst(node.Link);
                else _recent.AddAfter(last.Link, node.Link);
                _nodes.Add(keys[i], node);
                added.Add((place, i));
            }

            last = node;
        }

        if (added.Count == 0) Touch(last);
    }

    private ReadOnlySpan<int> Block(ReadOnlySpan<int> ids, int number) => ids.Slice(number * blockTokens, blockTokens);

    /// <summary>By its key, and then by its very ids: a hash alone decides nothing.</summary>
    private Node? Next(string tenant, Node? last, UInt128 key, ReadOnlySpan<int> ids)
        => _nodes.TryGetValue(key, out var node) && node.Parent == last && node.Tenant == tenant && ids.SequenceEqual(node.Ids) ? node : null;

    /// <summary>From the end to the beginning, so that each is more recent than what continues it.</summary>
    private void Touch(Node? last)
    {
        for (var node = last; node is not null; node = node.Parent)
        {
            _recent.Remove(node.Link);
            _recent.AddFirst(node.Link);
        }
    }

    /// <param name="last">The end of the beginning that is being added, which is the most recent.</param>
    private int? Take(Node? last)
    {
        if (_nodes.Count < capacity) return _nodes.Count;
        // The oldest of all is its own end: nothing else is left.
        if (_recent.Last is not { Value: var oldest } || oldest == last) return null;
        _recent.RemoveLast();
        _nodes.Remove(oldest.Key);
        Evictions++;
        return oldest.Place;
    }

    private sealed class Node
    {
        public Node(UInt128 key, string tenant, Node? parent, int[] ids, int place)
        {
            Key = key;
            Tenant = tenant;
            Parent = parent;
            Ids = ids;
            Place = place;
            Link = new(this);
        }

        public UInt128 Key { get; }

        public string Tenant { get; }

        public Node? Parent { get; }

        public int[] Ids { get; }

        public int Place { get; }

        /// <summary>Its place in the order of use.</summary>
        public LinkedListNode<Node> Link { get; }
    }
}
