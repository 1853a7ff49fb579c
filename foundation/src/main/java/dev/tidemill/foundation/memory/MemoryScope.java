package dev.tidemill.foundation.memory;

import dev.tidemill.foundation.error.TidemillException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A node of the memory budget: the process, below it a query, below that its operators. What is
 * reserved in a scope counts in all scopes above it, and each may have a limit.
 *
 * <p>Any thread may reserve and release. Closing a scope that still holds memory is a leak: it
 * throws where memory is checked (tests), else hands what is left to nobody and stays charged
 * above.
 */
public final class MemoryScope implements AutoCloseable {
  public static final long UNLIMITED = Long.MAX_VALUE;
  private static final int NAMED_IN_ERRORS = 3;

  private final String name;
  private final long limit;
  private final @Nullable MemoryScope parent;
  private final MemoryScope root;
  private final Set<MemoryScope> children = ConcurrentHashMap.newKeySet();
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private final AtomicLong onDisk = new AtomicLong();

  /** Where large pieces of what is lasting may be, of this scope and those below. */
  private final @Nullable DiskMemory disk;

  /** Whether it is of what lasts longer than a step or a query. */
  private final boolean isLasting;

  /** How much of it may be on the heap; of a root. */
  private final long heapLimit;

  /** Bytes of it on the heap; of a root. */
  private final AtomicLong heapUsed = new AtomicLong();

  /** How many runs share the budget now; of a root. */
  private final AtomicInteger sharers = new AtomicInteger();

  private MemoryScope(
      String name,
      long limitBytes,
      long heapLimitBytes,
      @Nullable MemoryScope parent,
      @Nullable DiskMemory disk,
      boolean isLasting) {
    this.name = name;
    this.limit = limitBytes;
    this.heapLimit = heapLimitBytes;
    this.parent = parent;
    this.root = parent == null ? this : parent.root;
    this.disk = disk;
    this.isLasting = isLasting;
  }

  /** A budget of its own, for a process or a test. */
  public static MemoryScope root(String name, long limitBytes) {
    return root(name, limitBytes, UNLIMITED);
  }

  /**
   * A budget of its own, of which no more than {@code heapLimitBytes} may be arrays on the heap.
   */
  public static MemoryScope root(String name, long limitBytes, long heapLimitBytes) {
    return new MemoryScope(name, limitBytes, heapLimitBytes, null, null, false);
  }

  public MemoryScope child(String childName) {
    return child(childName, UNLIMITED);
  }

  public MemoryScope child(String childName, long limitBytes) {
    return add(new MemoryScope(childName, limitBytes, UNLIMITED, this, disk, isLasting));
  }

  /** As {@link #child(String)}; what lasts, in scopes below, may be on disk. */
  public MemoryScope child(String childName, DiskMemory itsDisk) {
    return add(new MemoryScope(childName, UNLIMITED, UNLIMITED, this, itsDisk, isLasting));
  }

  /**
   * A scope for what lasts longer than the step that makes it: here, and in scopes below, large
   * pieces go to the {@link DiskMemory} that the scope was made with, if it was.
   */
  public MemoryScope lastingChild(String childName) {
    return add(new MemoryScope(childName, UNLIMITED, UNLIMITED, this, disk, true));
  }

  private MemoryScope add(MemoryScope child) {
    children.add(child);
    return child;
  }

  /**
   * A scope below this one that tells what one of its holders has; it bears this one's name in
   * errors and is never closed: what is left in it when its holder is gone counts here.
   */
  public MemoryScope part() {
    return new MemoryScope(name, UNLIMITED, UNLIMITED, this, disk, isLasting);
  }

  public String name() {
    return name;
  }

  public long limit() {
    return limit;
  }

  /** The limit of all, whatever this scope's own is. */
  public long budget() {
    return root.limit;
  }

  /** Bytes reserved now, here and below. */
  public long used() {
    return used.get();
  }

  /** Bytes of pieces that are on disk, here and below; they are not reserved. */
  public long onDisk() {
    return onDisk.get();
  }

  /** As {@link #onDisk()}, of the scopes of a name just below this one. */
  public long onDisk(String childName) {
    long bytes = 0;
    for (MemoryScope child : children) {
      bytes += child.name.equals(childName) ? child.onDisk() : 0;
    }
    return bytes;
  }

  /** The most bytes ever reserved at once, here and below. */
  public long peak() {
    return peak.get();
  }

  /** Bytes that can still be reserved before this scope or one above it is at its limit. */
  public long available() {
    long available = limit - used.get();
    return parent == null ? available : Math.min(available, parent.available());
  }

  /** Says that a run begins that shares the budget with the others, until {@link #endSharing}. */
  public void beginSharing() {
    root.sharers.incrementAndGet();
  }

  public void endSharing() {
    root.sharers.decrementAndGet();
  }

  /**
   * The bytes that the run of this scope may have by its share: all that is free where it runs
   * alone, else an equal part of the budget.
   */
  public long share() {
    long free = available();
    if (free > root.limit) {
      return UNLIMITED;
    }
    return Math.min(used.get() + free, root.limit / Math.max(1, root.sharers.get()));
  }

  /** Bytes that can still be reserved on the heap. */
  public long availableHeap() {
    return root.heapLimit - root.heapUsed.get();
  }

  /**
   * A buffer of at least {@code bytes}, content undefined, charged here.
   *
   * @throws TidemillException MEMORY_LIMIT_EXCEEDED; STATE_DISK_FAILED if it is to be on disk and
   *     cannot
   */
  public Buffer allocate(long bytes) {
    long capacity = NativeMemory.capacity(bytes);
    DiskMemory mayTake = disk;
    if (isLasting && mayTake != null && mayTake.takes(this, capacity)) {
      MappedFile file = mayTake.file(capacity);
      addOnDisk(capacity);
      return new Buffer(this, capacity, file);
    }
    reserve(capacity);
    try {
      return new Buffer(this, capacity);
    } catch (OutOfMemoryError e) {
      release(capacity);
      throw MemoryErrors.limitExceeded(this, capacity, biggest());
    }
  }

  /** As {@link #allocate}, filled with zeros. */
  public Buffer allocateZeroed(long bytes) {
    Buffer buffer = allocate(bytes);
    if (!buffer.comesZeroed()) {
      Memory.fill(buffer.address(), buffer.capacity(), (byte) 0);
    }
    return buffer;
  }

  /**
   * A longer buffer in the place of one, which it takes over once nothing can fail, with its
   * content; what is behind is undefined. One that is on disk is not copied.
   *
   * @param old one of this scope that the caller alone holds, or null
   * @param used how many bytes of it are content
   */
  public Buffer grown(@Nullable Buffer old, long used, long bytes) {
    if (old == null) {
      return allocate(bytes);
    }
    if (old.isOnDisk() && old.isExclusive()) {
      return lengthened(old, NativeMemory.capacity(bytes));
    }
    Buffer longer = allocate(bytes);
    Memory.copy(old.address(), longer.address(), used);
    old.close();
    return longer;
  }

  /** As {@link #grown}, of all of the old one, and what is behind is zero. */
  Buffer grownZeroed(@Nullable Buffer old, long bytes) {
    if (old == null) {
      return allocateZeroed(bytes);
    }
    long used = old.capacity();
    boolean wasOnDisk = old.isOnDisk();
    Buffer longer = grown(old, used, bytes);
    if (!wasOnDisk && !longer.comesZeroed()) {
      Memory.fill(longer.address() + used, longer.capacity() - used, (byte) 0);
    }
    return longer;
  }

  private Buffer lengthened(Buffer old, long capacity) {
    long before = old.capacity();
    MappedFile file = old.takeFile();
    try {
      file.grow(capacity);
    } catch (Throwable t) {
      old.giveFile();
      throw t;
    }
    addOnDisk(capacity - before);
    return new Buffer(this, capacity, file);
  }

  /** Counts, or no longer counts, bytes of pieces on disk. */
  void addOnDisk(long bytes) {
    for (MemoryScope scope = this; scope != null; scope = scope.parent) {
      scope.onDisk.addAndGet(bytes);
    }
  }

  /**
   * Charges {@code bytes} that live elsewhere: big heap arrays, native memory of libraries.
   *
   * @throws TidemillException MEMORY_LIMIT_EXCEEDED, naming the biggest operators; nothing is
   *     charged then
   */
  public void reserve(long bytes) {
    if (!tryReserve(bytes)) {
      MemoryScope full = this;
      while (full.parent != null && bytes <= full.limit - full.used.get()) {
        full = full.parent;
      }
      throw MemoryErrors.limitExceeded(full, bytes, full.biggest());
    }
  }

  /**
   * As {@link #reserve}, for an array on the heap.
   *
   * @throws TidemillException MEMORY_LIMIT_EXCEEDED also where the heap is full
   */
  public void reserveHeap(long bytes) {
    reserve(bytes);
    if (root.heapUsed.addAndGet(bytes) > root.heapLimit) {
      root.heapUsed.addAndGet(-bytes);
      release(bytes);
      throw MemoryErrors.heapExceeded(root.heapUsed.get(), root.heapLimit, bytes, root.biggest());
    }
  }

  /** What to say where the Java heap is full although what is charged is not. */
  public TidemillException heapExhausted() {
    return MemoryErrors.heapExhausted(root.biggest());
  }

  public void releaseHeap(long bytes) {
    root.heapUsed.addAndGet(-bytes);
    release(bytes);
  }

  /** As {@link #reserve}, but says false where it does not fit. */
  public boolean tryReserve(long bytes) {
    for (MemoryScope scope = this; scope != null; scope = scope.parent) {
      if (!scope.tryTake(bytes)) {
        for (MemoryScope undo = this; undo != scope && undo != null; undo = undo.parent) {
          undo.used.addAndGet(-bytes);
        }
        return false;
      }
    }
    return true;
  }

  /**
   * Never above the limit, not even for a moment: a request that is refused must not fail its
   * neighbours.
   */
  private boolean tryTake(long bytes) {
    long before;
    do {
      before = used.get();
      if (bytes > limit - before) {
        return false;
      }
    } while (!used.compareAndSet(before, before + bytes));
    if (before + bytes > peak.get()) {
      peak.accumulateAndGet(before + bytes, Math::max);
    }
    return true;
  }

  public void release(long bytes) {
    for (MemoryScope scope = this; scope != null; scope = scope.parent) {
      scope.giveBack(bytes);
    }
  }

  private void giveBack(long bytes) {
    long left = used.addAndGet(-bytes);
    if (Memory.CHECKED && left < 0) {
      throw new IllegalStateException(name + " released more than was reserved: " + left);
    }
  }

  /** Whether {@code ancestor} is a scope above this one. */
  boolean isBelow(MemoryScope ancestor) {
    MemoryScope scope = parent;
    while (scope != null && scope != ancestor) {
      scope = scope.parent;
    }
    return scope != null;
  }

  /**
   * Releases {@code bytes} here and in the scopes between here and {@code ancestor}, where they
   * stay reserved.
   */
  void releaseUpTo(MemoryScope ancestor, long bytes) {
    for (MemoryScope scope = this; scope != null && scope != ancestor; scope = scope.parent) {
      scope.giveBack(bytes);
    }
  }

  @Override
  public void close() {
    if (parent != null) {
      parent.children.remove(this);
    }
    if (Memory.CHECKED && (used.get() != 0 || onDisk.get() != 0)) {
      throw new IllegalStateException(
          "leak: %s closed with %d bytes in use, %d on disk %s"
              .formatted(name, used.get(), onDisk.get(), biggest()));
    }
  }

  /** The leaves that hold most, biggest first. */
  private List<MemoryScope> biggest() {
    List<MemoryScope> leaves = new ArrayList<>();
    collectLeaves(leaves);
    leaves.sort(Comparator.comparingLong(MemoryScope::used).reversed());
    return leaves.subList(0, Math.min(NAMED_IN_ERRORS, leaves.size()));
  }

  private void collectLeaves(List<MemoryScope> leaves) {
    if (children.isEmpty()) {
      if (used.get() > 0) {
        leaves.add(this);
      }
    } else {
      for (MemoryScope child : children) {
        child.collectLeaves(leaves);
      }
    }
  }

  @Override
  public String toString() {
    return name + " " + MemoryErrors.size(used.get());
  }
}
