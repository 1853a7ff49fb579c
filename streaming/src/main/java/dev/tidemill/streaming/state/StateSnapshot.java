package dev.tidemill.streaming.state;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.memory.MemoryScope;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A snapshot of a state as a stream of bytes, with all of it or what has changed since another, its
 * base:
 *
 * <pre>
 *   magic "TMST", version of the form, version of the hash
 *   pieces, each: kind, length, content, CRC-32C of these
 *     1  entries of a state by key     name, shape, per key group: 1 or, if these are all, 2, group;
 *                                      per entry 3, key, content or, if it is gone, 4, key;  then 0
 *     2  numbers of a state in columns name, part, numbers that are gone, numbers, their rows
 *     3  what stands before this of a part of a state in columns does not count: name, part
 *     4  the end                       step, base or -1, how many pieces, CRC-32C of their CRCs
 * </pre>
 *
 * Numbers are big-endian; names, keys and contents stand behind their length.
 */
public final class StateSnapshot {
  /** How many bytes a snapshot begins with that say of what version it is. */
  public static final int BEGIN_BYTES = 12;

  /** How many bytes a snapshot ends with that say what it is of. */
  public static final int END_BYTES = SnapshotWriter.END_BYTES;

  private static final int MAX_LENGTH = 1 << 30;

  private StateSnapshot() {}

  /**
   * What the end of a snapshot says.
   *
   * @param step that the state is of
   * @param base what the snapshot is called that it is the changes since, or -1
   */
  public record End(long step, long base) {}

  /** A snapshot that can be read. */
  public interface Source {
    /** For messages. */
    String name();

    InputStream open();
  }

  /**
   * The end of a snapshot.
   *
   * @param begin its first {@link #BEGIN_BYTES}
   * @param end its last {@link #END_BYTES}
   * @throws TidemillException STATE_SNAPSHOT_DAMAGED, STATE_SNAPSHOT_VERSION_UNKNOWN
   */
  public static End end(byte[] begin, byte[] end, String name) {
    try {
      readBegin(new DataInputStream(new ByteArrayInputStream(begin)), name);
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(end));
      Piece piece = Piece.read(in, name);
      if (piece.kind != SnapshotWriter.END || in.read() >= 0) {
        throw StateErrors.damaged(name, "it does not end like one");
      }
      return new End(piece.in.readLong(), piece.in.readLong());
    } catch (IOException e) {
      throw StateErrors.damaged(name, "it does not end like one");
    }
  }

  /**
   * The state that snapshots hold together.
   *
   * @param chain one with all there was, and behind it each with what has changed since the one
   *     before it
   * @throws TidemillException STATE_SNAPSHOT_DAMAGED, STATE_SNAPSHOT_VERSION_UNKNOWN
   */
  public static MemoryState read(List<? extends Source> chain, MemoryScope scope) {
    MemoryState state = new MemoryState(scope);
    try {
      for (Source source : chain) {
        try (InputStream in = source.open()) {
          read(state, in, source.name());
        } catch (EOFException e) {
          throw StateErrors.damaged(source.name(), "it ends too early");
        } catch (IOException e) {
          throw StateErrors.damaged(source.name(), "a name is no text");
        } catch (IllegalArgumentException
            | IndexOutOfBoundsException
            | BufferUnderflowException e) {
          throw StateErrors.damaged(source.name(), "an entry cannot be read");
        }
      }
      state.rollback();
      return state;
    } catch (Throwable t) {
      state.close();
      throw t;
    }
  }

  /** A piece whose checksum is right. */
  private record Piece(byte kind, int checksum, DataInputStream in) {
    static Piece read(DataInputStream in, String name) throws IOException {
      byte kind = in.readByte();
      byte[] content = readBytes(in, name);
      int checksum = in.readInt();
      if (checksum != SnapshotWriter.checksum(kind, content)) {
        throw StateErrors.damaged(name, "a checksum is wrong");
      }
      return new Piece(kind, checksum, new DataInputStream(new ByteArrayInputStream(content)));
    }
  }

  private static void readBegin(DataInputStream in, String name) throws IOException {
    if (in.readInt() != SnapshotWriter.MAGIC) {
      throw StateErrors.damaged(name, "it does not begin like one");
    }
    int version = in.readInt();
    if (version != SnapshotWriter.VERSION) {
      throw StateErrors.unknownVersion(name, version, SnapshotWriter.VERSION);
    }
    int hash = in.readInt();
    if (hash != Hash.VERSION) {
      throw StateErrors.unknownVersion(name, hash, Hash.VERSION);
    }
  }

  private static void read(MemoryState state, InputStream source, String name) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(source, 1 << 16));
    readBegin(in, name);
    CRC32C all = new CRC32C();
    long pieces = 0;
    while (true) {
      Piece piece = Piece.read(in, name);
      DataInputStream content = piece.in;
      switch (piece.kind) {
        case SnapshotWriter.ENTRIES -> readEntries(state, name, content);
        case SnapshotWriter.ROWS ->
            state.addBlock(
                content.readUTF(),
                content.readUnsignedByte(),
                new ColumnBlock(
                    readNumbers(content, name),
                    readNumbers(content, name),
                    readBytes(content, name)));
        case SnapshotWriter.ANEW -> state.dropBlocks(content.readUTF(), content.readUnsignedByte());
        case SnapshotWriter.END -> {
          state.restoreVersion(content.readLong());
          content.readLong();
          if (content.readLong() != pieces || content.readLong() != all.getValue()) {
            throw StateErrors.damaged(name, "a piece is missing");
          }
          if (in.read() >= 0) {
            throw StateErrors.damaged(name, "it does not end where it should");
          }
          return;
        }
        default -> throw StateErrors.damaged(name, "an unknown kind of piece");
      }
      SnapshotWriter.count(all, piece.checksum);
      pieces++;
    }
  }

  private static void readEntries(MemoryState state, String name, DataInputStream in)
      throws IOException {
    String tableName = in.readUTF();
    int shape = in.readUnsignedByte();
    if (shape >= StateTable.Shape.values().length) {
      throw StateErrors.damaged(name, "an unknown shape");
    }
    StateTable table = state.table(tableName, StateTable.Shape.values()[shape]);
    for (int kind = in.readByte(); kind != 0; kind = in.readByte()) {
      switch (kind) {
        case 1 -> in.readUnsignedByte();
        case 2 -> table.clear(in.readUnsignedByte());
        case 3 -> table.restore(readBytes(in, name), readBytes(in, name));
        case 4 -> table.restoreRemoved(readBytes(in, name));
        default -> throw StateErrors.damaged(name, "an unknown kind of entry");
      }
    }
  }

  private static int[] readNumbers(DataInputStream in, String name) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MAX_LENGTH) {
      throw StateErrors.damaged(name, "a length of " + count);
    }
    int[] numbers = new int[count];
    int last = 0;
    for (int i = 0; i < count; i++) {
      int difference = 0;
      int shift = 0;
      int read;
      do {
        read = in.readUnsignedByte();
        difference |= (read & 0x7f) << shift;
        shift += 7;
      } while (read > 0x7f);
      last += difference;
      numbers[i] = last;
    }
    return numbers;
  }

  private static byte[] readBytes(DataInputStream in, String name) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_LENGTH) {
      throw StateErrors.damaged(name, "a length of " + length);
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }
}
