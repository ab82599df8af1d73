using System.Buffers.Binary;
using System.Text;

namespace VampNet.Model.Checkpoints.Torch;

/// <summary>
/// Reads a pickle (protocols 2 to 5) as data. It knows the opcodes that weight files use and the names of
/// <see cref="PickleGlobals"/>, refuses everything else, and runs nothing. Work and memory are linear in the input.
/// </summary>
internal sealed class Unpickler(string file, ReadOnlyMemory<byte> pickle, PickleGlobals globals)
{
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;

    /// <exception cref="CheckpointException">malformed or refused</exception>
    public object? Load()
    {
        while (true)
        {
            var opcode = (PickleOpcode)Byte();
            if (opcode == PickleOpcode.Stop)
                return Pop();
            Execute(opcode);
        }
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                if (Byte() is var protocol and (< 2 or > 5))
                    throw Bad($"pickle protocol {protocol} is not supported");
                break;
            case PickleOpcode.Frame:
                Take(8); // a hint for buffering only
                break;

            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinInt1: Push((long)Byte()); break;
            case PickleOpcode.BinInt2: Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOpcode.Long1: Push(Long(Take(Byte()))); break;
            case PickleOpcode.BinFloat: Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOpcode.ShortBinUnicode: Push(Text(Take(Byte()))); break;
            case PickleOpcode.BinUnicode: Push(Text(Take(UInt32()))); break;
            case PickleOpcode.ShortBinString or PickleOpcode.ShortBinBytes: Push(Take(Byte()).ToArray()); break;
            case PickleOpcode.BinBytes: Push(Take(UInt32()).ToArray()); break;

            case PickleOpcode.EmptyDict: Push(new PickleDict()); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: Push(new List<object?>()); break;
            case PickleOpcode.EmptyTuple: Push(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: Push(PopMany(1)); break;
            case PickleOpcode.Tuple2: Push(PopMany(2)); break;
            case PickleOpcode.Tuple3: Push(PopMany(3)); break;
            case PickleOpcode.Tuple: Push(PopToMark()); break;
            case PickleOpcode.Mark: _marks.Add(_stack.Count); break;
            case PickleOpcode.Append: Extend(PopMany(1)); break;
            case PickleOpcode.Appends or PickleOpcode.AddItems: Extend(PopToMark()); break;
            case PickleOpcode.SetItem: SetItems(PopMany(2)); break;
            case PickleOpcode.SetItems: SetItems(PopToMark()); break;

            case PickleOpcode.BinPut: Remember(Byte()); break;
            case PickleOpcode.LongBinPut: Remember(UInt32()); break;
            case PickleOpcode.Memoize: Remember((uint)_memo.Count); break;
            case PickleOpcode.BinGet: Recall(Byte()); break;
            case PickleOpcode.LongBinGet: Recall(UInt32()); break;

            case PickleOpcode.Global: Push(globals.Import(Line(), Line())); break;
            case PickleOpcode.StackGlobal:
                Push(PopMany(2) is [string module, string name]
                    ? globals.Import(module, name)
                    : throw Bad("the pickle imports something that is no name"));
                break;
            case PickleOpcode.BinPersId: Push(globals.Storage(Pop())); break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj:
                Push(PopMany(2) is [var callee, object?[] arguments]
                    ? globals.Call(callee, arguments)
                    : throw Bad("the pickle calls without arguments"));
                break;
            case PickleOpcode.Build: Build(Pop()); break;

            default:
                throw Bad($"refused: pickle opcode 0x{(byte)opcode:x2} at byte {_at - 1}, which no weight file needs");
        }
    }

    /// <summary>State of an object of a known name. On a dict that is attributes of the dict itself: not needed.</summary>
    private void Build(object? state)
    {
        switch (Peek(), state)
        {
            case (PickleDict, _):
                break;
            case (PickleObject target, PickleDict fields):
                target.State = fields;
                break;
            case (PickleObject, object?[]): // numpy.dtype and the like
                break;
            default:
                throw Bad("the pickle sets the state of something that has none");
        }
    }

    private void Extend(object?[] items)
    {
        if (Peek() is not List<object?> list)
            throw Bad("the pickle appends to something that is no list");
        list.AddRange(items);
    }

    private void SetItems(object?[] pairs)
    {
        if (Peek() is not PickleDict dict || pairs.Length % 2 != 0)
            throw Bad("the pickle sets items of something that is no dict");
        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is not (string or long or bool or PickleGlobal))
                throw Bad("the pickle holds a dict key that is neither text, nor integer, nor name");
            dict[pairs[i]!] = pairs[i + 1];
        }
    }

    private void Remember(uint index) => _memo[index] = Peek();

    private void Recall(uint index) =>
        Push(_memo.TryGetValue(index, out var value) ? value : throw Bad($"the pickle recalls item {index}, which it never stored"));

    private void Push(object? value) => _stack.Add(value);

    private object? Pop() => PopMany(1)[0];

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Empty();

    private object?[] PopMany(int count)
    {
        if (_stack.Count - Floor < count)
            throw Empty();
        var from = _stack.Count - count;
        var items = _stack.GetRange(from, count).ToArray();
        _stack.RemoveRange(from, count);
        return items;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Bad("the pickle misses a mark");
        var items = PopMany(_stack.Count - Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return items;
    }

    /// <summary>Nothing below the last mark may be popped.</summary>
    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    private byte Byte() => Take(1)[0];

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > pickle.Length - _at)
            throw Bad("the pickle ends too early");
        var span = pickle.Span.Slice(_at, (int)count);
        _at += (int)count;
        return span;
    }

    private string Line()
    {
        var length = pickle.Span[_at..].IndexOf((byte)'\n');
        if (length < 0)
            throw Bad("the pickle ends too early");
        var line = Text(Take((uint)length));
        _at++;
        return line;
    }

    private string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException(file, "the pickle holds text that is not UTF-8", e);
        }
    }

    private long Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > sizeof(long))
            throw Bad("the pickle holds an integer of more than 64 bits");
        long value = 0;
        for (var i = 0; i < bytes.Length; i++)
            value |= (long)bytes[i] << (8 * i);
        var unused = 64 - (8 * bytes.Length); // two's complement: spread the sign
        return bytes.Length == 0 ? 0 : value << unused >> unused;
    }

    private CheckpointException Empty() => Bad("the pickle takes more from its stack than it put there");

    private CheckpointException Bad(string problem) => new(file, problem);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}

/// <summary>The pickle opcodes that weight files use (Python's pickletools describes each).</summary>
internal enum PickleOpcode : byte
{
    Mark = (byte)'(',
    Stop = (byte)'.',
    BinInt = (byte)'J',
    BinInt1 = (byte)'K',
    BinInt2 = (byte)'M',
    None = (byte)'N',
    BinPersId = (byte)'Q',
    Reduce = (byte)'R',
    ShortBinString = (byte)'U',
    BinUnicode = (byte)'X',
    Append = (byte)'a',
    Build = (byte)'b',
    Global = (byte)'c',
    Appends = (byte)'e',
    BinGet = (byte)'h',
    LongBinGet = (byte)'j',
    BinPut = (byte)'q',
    LongBinPut = (byte)'r',
    SetItem = (byte)'s',
    Tuple = (byte)'t',
    SetItems = (byte)'u',
    EmptyDict = (byte)'}',
    EmptyList = (byte)']',
    EmptyTuple = (byte)')',
    BinFloat = (byte)'G',
    BinBytes = (byte)'B',
    ShortBinBytes = (byte)'C',
    Proto = 0x80,
    NewObj = 0x81,
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    NewTrue = 0x88,
    NewFalse = 0x89,
    Long1 = 0x8a,
    ShortBinUnicode = 0x8c,
    EmptySet = 0x8f,
    AddItems = 0x90,
    StackGlobal = 0x93,
    Memoize = 0x94,
    Frame = 0x95,
}
