"""In which thread Qt objects die that only reference cycles hold."""

import gc
import threading

from oncologyai.host import start

slicer = start(qt=True)


class _Holder:
    """A Qt object in a cycle, which notes the thread that destroys it."""

    def __init__(self, threads):
        import qt

        self.itself = self
        self.timer = qt.QTimer()
        self.timer.destroyed.connect(lambda: threads.append(threading.get_ident()), qt.Qt.DirectConnection)


def _allocate_much():
    kept = [[] for _ in range(50 * gc.get_threshold()[0])]
    for one in kept:
        one.append(one)


def test_a_thread_that_allocates_destroys_no_qt_object():
    threads = []
    _Holder(threads)
    other = threading.Thread(target=_allocate_much)
    other.start()
    other.join()
    assert not threads
    gc.collect()
    assert threads == [threading.get_ident()]


def test_what_is_due_is_collected_in_the_thread_that_asks():
    from oncologyai.host.qt_garbage import collect_due

    gc.collect()
    threads = []
    _Holder(threads)
    _allocate_much()
    collect_due()
    assert threads == [threading.get_ident()]


def test_little_garbage_waits():
    from oncologyai.host.qt_garbage import collect_due

    gc.collect()
    threads = []
    _Holder(threads)
    collect_due()
    assert not threads
    gc.collect()


def test_the_application_collects_while_it_works_through_its_events():
    import qt

    timers = qt.QApplication.instance().findChildren(qt.QTimer)
    gc.collect()
    threads = []
    _Holder(threads)
    _allocate_much()
    for timer in timers:
        timer.timeout.emit()
    assert threads == [threading.get_ident()]
