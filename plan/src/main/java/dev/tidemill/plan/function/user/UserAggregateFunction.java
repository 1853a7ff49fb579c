package dev.tidemill.plan.function.user;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;

/**
 * A function of a group's rows. Beside the methods here it has, public and found by their names,
 *
 * <pre>
 *   void add(S state, arguments …)      one for each list of types it takes
 *   void remove(S state, arguments …)   takes away what add added; optional
 *   void merge(S state, S other)        adds what other has, which stays as it is; optional
 *   R result(S state)                   changes nothing
 * </pre>
 *
 * <p>The order of rows is not determined. With {@code remove}, a standing query keeps the result up
 * to date where rows go as well as come; without, it computes such a result anew. With {@code
 * merge}, each thread aggregates what it reads; without, the arguments of a group's rows are kept
 * and added when the result is asked for.
 *
 * @param <S> what is kept of a group
 */
public non-sealed interface UserAggregateFunction<S extends Serializable> extends UserFunction {
  /** The state of a group without rows. */
  S create();

  /** The state as bytes, for disk and checkpoints: Java's serialisation unless overridden. */
  default byte[] write(S state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(state);
    }
    return bytes.toByteArray();
  }

  /** What {@link #write} wrote; a state of its own. */
  @SuppressWarnings({"unchecked", "BanSerializableRead"})
  default S read(byte[] bytes) throws IOException, ClassNotFoundException {
    ClassLoader loader = getClass().getClassLoader();
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          protected Class<?> resolveClass(ObjectStreamClass description)
              throws IOException, ClassNotFoundException {
            try {
              return Class.forName(description.getName(), false, loader);
            } catch (ClassNotFoundException primitiveOrElsewhere) {
              return super.resolveClass(description);
            }
          }
        }) {
      return (S) in.readObject();
    }
  }
}
