package dev.tidemill.foundation.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Memory of Linux in pages of 2 MiB, where it gives such: each page of 4 KiB that is touched at
 * random costs the processor a walk through the page table besides the access itself.
 *
 * <pre>
 *   mapped  |......|================|...|        what is before and behind is unmapped at once
 *                  2 MiB        2 MiB
 * </pre>
 *
 * <p>Its content is zero. Any thread.
 */
final class HugePages {
  private static final long PAGE = 2L << 20;

  /** Of Linux on x86-64 and AArch64. */
  private static final int READ_WRITE = 0x3;

  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;

  private final MethodHandle mmap;
  private final MethodHandle munmap;
  private final MethodHandle madvise;

  private HugePages(Linker linker, SymbolLookup library) {
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    ValueLayout.OfInt number = ValueLayout.JAVA_INT;
    this.mmap =
        linker.downcallHandle(
            library.findOrThrow("mmap"),
            FunctionDescriptor.of(word, word, word, number, number, number, word));
    this.munmap =
        linker.downcallHandle(
            library.findOrThrow("munmap"), FunctionDescriptor.of(number, word, word));
    this.madvise =
        linker.downcallHandle(
            library.findOrThrow("madvise"), FunctionDescriptor.of(number, word, word, number));
  }

  /** Those of this system, or null where there are none. */
  static @Nullable HugePages ofSystem() {
    String processor = System.getProperty("os.arch");
    if (!"Linux".equals(System.getProperty("os.name"))
        || !("amd64".equals(processor) || "aarch64".equals(processor))) {
      return null;
    }
    try {
      Linker linker = Linker.nativeLinker();
      return new HugePages(linker, linker.defaultLookup());
    } catch (RuntimeException | LinkageError e) {
      // Plain pages do as well: no C library that is known, or no leave to call it.
      return null;
    }
  }

  /** Whether so large a piece is worth a mapping of its own. */
  static boolean suits(long bytes) {
    return bytes >= PAGE;
  }

  /**
   * The address of a piece, aligned to a page.
   *
   * @throws OutOfMemoryError if the system gives none
   */
  long map(long bytes) {
    long room = bytes + PAGE;
    long mapped = mapped(room);
    if (mapped == -1) {
      throw new OutOfMemoryError("the system gives no " + bytes + " bytes");
    }
    long address = (mapped + PAGE - 1) & -PAGE;
    if (address > mapped) {
      unmap(mapped, address - mapped);
    }
    unmap(address + bytes, mapped + room - address - bytes);
    long whole = bytes & -PAGE;
    try {
      // Refused, it is plain memory.
      int ignored = (int) madvise.invokeExact(address, whole, MADV_HUGEPAGE);
    } catch (Throwable t) {
      throw unexpected(t);
    }
    return address;
  }

  private long mapped(long bytes) {
    try {
      return (long) mmap.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Gives a piece back, or a part of it. */
  void unmap(long address, long bytes) {
    try {
      int result = (int) munmap.invokeExact(address, bytes);
      if (result != 0) {
        throw new IllegalStateException("munmap of " + bytes + " bytes failed");
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static IllegalStateException unexpected(Throwable thrown) {
    return new IllegalStateException("a call of the C library failed", thrown);
  }
}
