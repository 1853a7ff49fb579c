package dev.tidemill.foundation.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of Tidemill. Each module lists its errors as methods of one class ({@code
 * PlannerErrors}, {@code StorageErrors}, …) that return it; throw sites hold no text.
 *
 * <p>The message says what was expected, what was found, where, and the way out. {@link
 * #getMessage()} ends with the position in parentheses where there is one: {@code WHERE must be
 * BOOLEAN but amount + 1 is DECIMAL(11,2) (line 1, column 27)}.
 */
public final class TidemillException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient ErrorCode code;
  private final transient String text;
  private final transient @Nullable SourcePosition position;

  public TidemillException(ErrorCode code, String text) {
    this(code, text, null, null);
  }

  public TidemillException(
      ErrorCode code, String text, @Nullable SourcePosition position, @Nullable Throwable cause) {
    super(position == null ? text : text + " (" + position + ")", cause);
    this.code = Objects.requireNonNull(code);
    this.text = text;
    this.position = position;
  }

  public ErrorCode code() {
    return code;
  }

  public ErrorKind kind() {
    return code.kind();
  }

  /** The message without the position. */
  public String text() {
    return text;
  }

  /** Where in the statement's text, or null where no text is to blame. */
  public @Nullable SourcePosition position() {
    return position;
  }

  /** The same error with a position, if it has none yet. */
  public TidemillException at(@Nullable SourcePosition place) {
    if (position != null || place == null) {
      return this;
    }
    TidemillException placed = new TidemillException(code, text, place, getCause());
    placed.setStackTrace(getStackTrace());
    return placed;
  }
}
