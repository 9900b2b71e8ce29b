using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Bodies;
using Gateway.Replicas;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Model;

namespace Gateway.Routing;

/// <summary>Sends what begins alike to the same replica, within a bound of load: each conversation ranks the replicas in an order of its own (rendezvous hashing; Thaler and
/// Ravishankar, "Using name-based mappings to increase hit rates", 1998), and the first that is not too busy gets it. Gateways agree on the order without talking.</summary>
internal sealed class ConversationAffinity(ReplicaPool pool, IOptions<AffinityOptions> options)
{
    private readonly double _bound = options.Value.Tokens;

    /// <returns>Null where the usual choice is to be made: the request is no part of a conversation, or affinity is off.</returns>
    public DestinationState? Choose(HttpContext context, IReadOnlyList<DestinationState> replicas)
    {
        if (_bound == 0 || context.Features.Get<PeekedRequest>() is not { Facts: { Conversation: { } start } facts }) return null;
        var key = Key(context.User.Subject() ?? "", facts.Model ?? "", start);
        var most = replicas.Min(Load) + _bound;
        DestinationState? chosen = null;
        ulong highest = 0;
        foreach (var replica in replicas)
        {
            if (Load(replica) > most) continue;
            var rank = Mix(key ^ HashOf(replica.DestinationId));
            if (chosen is not null && rank <= highest) continue;
            (chosen, highest) = (replica, rank);
        }

        return chosen;
    }

    private double Load(DestinationState replica) => pool.Find(replica.DestinationId)?.Score(replica.ConcurrentRequestCount) ?? replica.ConcurrentRequestCount;

    private static ulong Key(string client, string model, ulong start)
    {
        var text = Encoding.UTF8.GetBytes($"{client.Length} {client} {model}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) ^ start;
    }

    /// <summary>FNV-1a: the same in every process.</summary>
    private static ulong HashOf(string name)
    {
        var hash = 14695981039346656037;
        foreach (var c in name) hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    /// <summary>The finalizer of SplitMix64: every bit of the input changes half of those of the output.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
