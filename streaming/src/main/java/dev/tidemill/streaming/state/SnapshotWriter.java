package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.Hash;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/** Makes the bytes of a snapshot, as {@link StateSnapshot} says, one piece after the other. */
final class SnapshotWriter {
  static final int MAGIC = 0x544D5354;
  static final int VERSION = 6;
  static final byte ENTRIES = 1;
  static final byte ROWS = 2;
  static final byte ANEW = 3;
  static final byte END = 4;

  /** Of the piece that ends a snapshot. */
  static final int END_BYTES = 1 + 4 + 8 + 8 + 8 + 8 + 4;

  private static final int PIECE_BYTES = 1 << 16;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private final CRC32C all = new CRC32C();
  private long pieces;

  /** What is written to a piece that is not whole yet. */
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  private final DataOutputStream piece = new DataOutputStream(pending);

  SnapshotWriter() {
    write(
        () -> {
          out.writeInt(MAGIC);
          out.writeInt(VERSION);
          out.writeInt(Hash.VERSION);
        });
  }

  private interface Writing {
    void run() throws IOException;
  }

  private static void write(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new UncheckedIOException("into memory", e);
    }
  }

  /** Entries of a state by key. */
  final class Entries implements StateTable.Entries {
    private final String name;
    private final StateTable.Shape shape;
    private final boolean skipsEmpty;
    private int group;

    /**
     * @param skipsEmpty whether key groups without entries are left out
     */
    Entries(String name, StateTable.Shape shape, boolean skipsEmpty) {
      this.name = name;
      this.shape = shape;
      this.skipsEmpty = skipsEmpty;
      beginPiece();
    }

    private void beginPiece() {
      write(
          () -> {
            piece.writeUTF(name);
            piece.writeByte(shape.ordinal());
          });
    }

    @Override
    public void begin(int number, boolean whole, int count) {
      group = number;
      if (count > 0 || !skipsEmpty) {
        mark(whole ? 2 : 1);
      }
    }

    private void mark(int kind) {
      write(
          () -> {
            piece.writeByte(kind);
            piece.writeByte(group);
          });
    }

    private void room() {
      if (pending.size() >= PIECE_BYTES) {
        end();
        beginPiece();
        mark(1);
      }
    }

    @Override
    public void put(byte[] key, byte[] content) {
      room();
      write(
          () -> {
            piece.writeByte(3);
            writeBytes(key);
            writeBytes(content);
          });
    }

    @Override
    public void remove(byte[] key) {
      room();
      write(
          () -> {
            piece.writeByte(4);
            writeBytes(key);
          });
    }

    void end() {
      write(() -> piece.writeByte(0));
      endPiece(ENTRIES);
    }
  }

  private void writeBytes(byte[] value) throws IOException {
    piece.writeInt(value.length);
    piece.write(value);
  }

  /** Some numbers of a part of a state in columns. */
  void rows(String name, int part, ColumnBlock block) {
    write(
        () -> {
          piece.writeUTF(name);
          piece.writeByte(part);
          writeNumbers(block.gone());
          writeNumbers(block.numbers());
          writeBytes(block.bytes());
        });
    endPiece(ROWS);
  }

  /** Ascending, by their differences. */
  private void writeNumbers(int[] numbers) throws IOException {
    piece.writeInt(numbers.length);
    int last = 0;
    for (int number : numbers) {
      int difference = number - last;
      while (difference > 0x7f) {
        piece.writeByte(difference & 0x7f | 0x80);
        difference >>>= 7;
      }
      piece.writeByte(difference);
      last = number;
    }
  }

  /** What stands before it of a part, here and in older snapshots, does not count. */
  void anew(String name, int part) {
    write(
        () -> {
          piece.writeUTF(name);
          piece.writeByte(part);
        });
    endPiece(ANEW);
  }

  /**
   * Nothing follows.
   *
   * @param step that the state is of
   * @param base what the snapshot before is called, or -1 where it stands alone
   */
  void end(long step, long base) {
    write(
        () -> {
          piece.writeLong(step);
          piece.writeLong(base);
          piece.writeLong(pieces);
          piece.writeLong(all.getValue());
        });
    endPiece(END);
  }

  private void endPiece(byte kind) {
    byte[] content = pending.toByteArray();
    pending.reset();
    int checksum = checksum(kind, content);
    write(
        () -> {
          out.writeByte(kind);
          out.writeInt(content.length);
          out.write(content);
          out.writeInt(checksum);
        });
    count(all, checksum);
    pieces++;
  }

  /** The checksum of a piece. */
  static int checksum(byte kind, byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(kind);
    count(crc, content.length);
    crc.update(content, 0, content.length);
    return (int) crc.getValue();
  }

  static void count(CRC32C crc, int value) {
    crc.update(value >>> 24);
    crc.update(value >>> 16);
    crc.update(value >>> 8);
    crc.update(value);
  }

  /** The bytes since the last that were taken. */
  byte[] take() {
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }
}
