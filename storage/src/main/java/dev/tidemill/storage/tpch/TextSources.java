package dev.tidemill.storage.tpch;

import dev.tidemill.foundation.batch.ColumnBuilder;
import java.nio.charset.StandardCharsets;

/**
 * The columns of text that are more than a word of a list: names, addresses, telephone numbers,
 * comments.
 */
final class TextSources {
  private static final byte[] ALPHANUMERIC =
      ascii("0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ,");
  private static final byte[] CUSTOMER = ascii("Customer ");
  private static final byte[] COMPLAINTS = ascii("Complaints");
  private static final byte[] RECOMMENDS = ascii("Recommends");
  private static final int NAME_WORDS = 5;

  private TextSources() {}

  /** {@code prefix} and the row's key with nine digits or more. */
  static ColumnSource numbered(String prefix) {
    NumberedName name = new NumberedName(prefix, 9);
    return (row, lines, target) -> name.append(row + 1, target);
  }

  /** {@code prefix} and a number between 1 and {@code high} with nine digits. */
  static ColumnSource numbered(String prefix, RandomStream stream, long high) {
    NumberedName name = new NumberedName(prefix, 9);
    return (row, lines, target) -> {
      name.append(stream.draw(1, high), target);
      stream.nextRow();
    };
  }

  static ColumnSource manufacturer(RandomStream manufacturers) {
    NumberedName name = new NumberedName("Manufacturer#", 1);
    return (row, lines, target) -> {
      name.append(manufacturers.draw(1, 5), target);
      manufacturers.nextRow();
    };
  }

  static ColumnSource brand(RandomStream manufacturers, RandomStream brands) {
    NumberedName name = new NumberedName("Brand#", 2);
    return (row, lines, target) -> {
      name.append(manufacturers.draw(1, 5) * 10 + brands.draw(1, 5), target);
      manufacturers.nextRow();
      brands.nextRow();
    };
  }

  /**
   * 10 to 40 characters, five from each draw of 31 bits. (A generator that computes the range of 31
   * bits with an int gets draws below zero, and so other characters.)
   */
  static ColumnSource address(RandomStream stream) {
    byte[] text = new byte[40];
    return (row, lines, target) -> {
      int length = (int) stream.draw(10, 40);
      long bits = 0;
      for (int i = 0; i < length; i++) {
        if (i % 5 == 0) {
          bits = stream.draw(0, Integer.MAX_VALUE);
        }
        text[i] = ALPHANUMERIC[(int) (bits & 63)];
        bits >>= 6;
      }
      target.appendBytes(text, 0, length);
      stream.nextRow();
    };
  }

  /** {@code 20-696-146-9508}: the nation's number plus ten, and ten random digits. */
  static ColumnSource phone(RandomStream nations, int nationCount, RandomStream numbers) {
    byte[] text = ascii("00-000-000-0000");
    return (row, lines, target) -> {
      putDigits(text, 0, 2, 10 + nations.draw(0, nationCount - 1L));
      putDigits(text, 3, 3, numbers.draw(100, 999));
      putDigits(text, 7, 3, numbers.draw(100, 999));
      putDigits(text, 11, 4, numbers.draw(1000, 9999));
      target.appendBytes(text, 0, text.length);
      nations.nextRow();
      numbers.nextRow();
    };
  }

  /** Five different colours. */
  static ColumnSource partName(RandomStream stream, WordList colors) {
    return new PartName(stream, colors);
  }

  /** A piece of {@link CommentPool} with 0.4 to 1.6 times {@code averageLength} bytes. */
  static ColumnSource comment(RandomStream stream, int averageLength) {
    Comment comment = new Comment(stream, averageLength);
    return (row, lines, target) -> {
      for (int line = 0; line < lines; line++) {
        comment.draw();
        target.appendBytes(CommentPool.text(), comment.offset, comment.length);
      }
      stream.nextRow();
    };
  }

  /**
   * A supplier's comment: one in a thousand has customers' complaints or recommendations written
   * into it.
   */
  static ColumnSource supplierComment(RandomStream texts, Remarks remarks) {
    Comment comment = new Comment(texts, 63);
    return (row, lines, target) -> {
      comment.draw();
      long chosen = remarks.chosen().draw(1, 10_000);
      if (chosen <= 10) {
        byte[] text = new byte[comment.length];
        System.arraycopy(CommentPool.text(), comment.offset, text, 0, text.length);
        int free = text.length - CUSTOMER.length - COMPLAINTS.length;
        int between = (int) remarks.between().draw(0, free);
        int at = (int) remarks.at().draw(0, free - (long) between);
        byte[] remark = remarks.kind().draw(0, 100) < 50 ? COMPLAINTS : RECOMMENDS;
        System.arraycopy(CUSTOMER, 0, text, at, CUSTOMER.length);
        System.arraycopy(remark, 0, text, at + CUSTOMER.length + between, remark.length);
        target.appendBytes(text, 0, text.length);
      } else {
        target.appendBytes(CommentPool.text(), comment.offset, comment.length);
      }
      texts.nextRow();
      remarks.nextRow();
    };
  }

  /**
   * Which suppliers have a remark; the bytes between its two words; where it begins; which of the
   * two it is.
   */
  record Remarks(RandomStream chosen, RandomStream between, RandomStream at, RandomStream kind) {
    void nextRow() {
      chosen.nextRow();
      between.nextRow();
      at.nextRow();
      kind.nextRow();
    }
  }

  private static final class Comment {
    private final RandomStream stream;
    private final int shortest;
    private final int longest;
    int offset;
    int length;

    Comment(RandomStream stream, int averageLength) {
      this.stream = stream;
      shortest = (int) (averageLength * 0.4);
      longest = (int) (averageLength * 1.6);
    }

    void draw() {
      offset = (int) stream.draw(0, CommentPool.SIZE - (long) longest);
      length = (int) stream.draw(shortest, longest);
    }
  }

  private static final class NumberedName {
    private final byte[] text;
    private final int prefix;
    private final int digits;

    NumberedName(String prefix, int digits) {
      this.text = ascii(prefix + "0".repeat(19));
      this.prefix = prefix.length();
      this.digits = digits;
    }

    void append(long number, ColumnBuilder target) {
      int count = 1;
      for (long rest = number / 10; rest > 0; rest /= 10) {
        count++;
      }
      count = Math.max(count, digits);
      putDigits(text, prefix, count, number);
      target.appendBytes(text, 0, prefix + count);
    }
  }

  private static final class PartName implements ColumnSource {
    private final RandomStream stream;
    private final WordList colors;
    private final int[] order;
    private final byte[] text = new byte[55 + NAME_WORDS];

    PartName(RandomStream stream, WordList colors) {
      this.stream = stream;
      this.colors = colors;
      this.order = new int[colors.size()];
    }

    @Override
    public void append(long row, int lines, ColumnBuilder target) {
      for (int i = 0; i < order.length; i++) {
        order[i] = i;
      }
      int length = 0;
      for (int i = 0; i < NAME_WORDS; i++) {
        int other = (int) stream.draw(i, order.length - 1L);
        int chosen = order[other];
        order[other] = order[i];
        order[i] = chosen;
        byte[] word = colors.word(chosen);
        System.arraycopy(word, 0, text, length, word.length);
        length += word.length;
        text[length++] = ' ';
      }
      target.appendBytes(text, 0, length - 1);
      stream.nextRow();
    }
  }

  private static void putDigits(byte[] text, int offset, int digits, long number) {
    long rest = number;
    for (int i = offset + digits - 1; i >= offset; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
