package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.hash.KeyGroups;
import dev.tidemill.foundation.memory.MemoryScope;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A version of a state as a stream of bytes, whole:
 *
 * <pre>
 *   magic "TMST", version of the form, version of the hash, step
 *   per state:  1, name, shape, per key group: per entry 1, key, content; then 0
 *   per block of a state in columns:  2, name, part, rows, bytes
 *   0, CRC-32C of everything before it
 * </pre>
 *
 * Numbers are big-endian; names, keys and contents stand behind their length in 4 bytes.
 */
public final class StateSnapshot {
  private static final int MAGIC = 0x544D5354;
  private static final int VERSION = 3;
  private static final int MAX_LENGTH = 1 << 30;

  private StateSnapshot() {}

  /** Writes a pinned version; the stream stays open. */
  public static void write(MemoryStateVersion version, OutputStream target) throws IOException {
    CRC32C checksum = new CRC32C();
    DataOutputStream out =
        new DataOutputStream(
            new CheckedOutputStream(new BufferedOutputStream(target, 1 << 16), checksum));
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(Hash.VERSION);
    out.writeLong(version.step());
    List<Map.Entry<String, StateTable>> tables = version.tables();
    for (Map.Entry<String, StateTable> table : tables) {
      out.writeByte(1);
      out.writeUTF(table.getKey());
      out.writeByte(table.getValue().shape().ordinal());
      for (int group = 0; group < KeyGroups.COUNT; group++) {
        writeGroup(table.getValue(), group, version.step(), out);
      }
    }
    try {
      version.forEachBlock((name, block) -> writeBlock(name, block, out));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    out.writeByte(0);
    out.flush();
    out.writeLong(checksum.getValue());
    out.flush();
  }

  private static void writeBlock(String name, ColumnBlock block, DataOutputStream out) {
    try {
      out.writeByte(2);
      out.writeUTF(name);
      out.writeInt(block.part());
      out.writeInt(block.rows());
      out.writeInt(block.bytes().length);
      out.write(block.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeGroup(StateTable table, int group, long version, DataOutputStream out)
      throws IOException {
    try {
      table.encode(
          group,
          version,
          (key, content) -> {
            try {
              out.writeByte(1);
              out.writeInt(key.length);
              out.write(key);
              out.writeInt(content.length);
              out.write(content);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    out.writeByte(0);
  }

  /**
   * The state that a snapshot holds.
   *
   * @param name of the snapshot, for messages
   * @throws dev.tidemill.foundation.error.TidemillException STATE_SNAPSHOT_DAMAGED,
   *     STATE_SNAPSHOT_VERSION_UNKNOWN
   */
  public static MemoryState read(InputStream source, String name, MemoryScope scope)
      throws IOException {
    CRC32C checksum = new CRC32C();
    CheckedInputStream checked =
        new CheckedInputStream(new BufferedInputStream(source, 1 << 16), checksum);
    DataInputStream in = new DataInputStream(checked);
    MemoryState state = null;
    try {
      if (in.readInt() != MAGIC) {
        throw StateErrors.damaged(name, "it does not begin like one");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw StateErrors.unknownVersion(name, version, VERSION);
      }
      int hash = in.readInt();
      if (hash != Hash.VERSION) {
        throw StateErrors.unknownVersion(name, hash, Hash.VERSION);
      }
      state = new MemoryState(scope, in.readLong());
      for (int kind = in.readByte(); kind != 0; kind = in.readByte()) {
        if (kind == 1) {
          readTable(state, name, in);
        } else {
          String columns = in.readUTF();
          state.addBlock(columns, new ColumnBlock(in.readInt(), in.readInt(), readBytes(name, in)));
        }
      }
      long expected = checksum.getValue();
      if (in.readLong() != expected) {
        throw StateErrors.damaged(name, "its checksum is wrong");
      }
      state.rollback();
      return state;
    } catch (UTFDataFormatException e) {
      throw StateErrors.damaged(name, "a name is no text");
    } catch (EOFException e) {
      throw StateErrors.damaged(name, "it ends too early");
    } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
      throw StateErrors.damaged(name, "an entry cannot be read");
    }
  }

  private static void readTable(MemoryState state, String name, DataInputStream in)
      throws IOException {
    String tableName = in.readUTF();
    int shape = in.readByte();
    if (shape < 0 || shape >= StateTable.Shape.values().length) {
      throw StateErrors.damaged(name, "an unknown shape");
    }
    StateTable table = state.table(tableName, StateTable.Shape.values()[shape]);
    for (int group = 0; group < KeyGroups.COUNT; group++) {
      while (in.readByte() == 1) {
        byte[] key = readBytes(name, in);
        table.restore(key, readBytes(name, in));
      }
    }
  }

  private static byte[] readBytes(String name, DataInputStream in) throws IOException {
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
