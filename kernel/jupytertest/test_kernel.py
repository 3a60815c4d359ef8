"""jupyter_kernel_test, the Jupyter project's own tests, with every attribute set."""

import jupyter_kernel_test as jkt


class TestSetun(jkt.KernelTests):
    kernel_name = "setun"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oh")'

    completion_samples = [
        {"text": "fmt.Fprintl", "matches": {"Fprintln"}},
        {"text": "strings.Builder{}.WriteB", "matches": {"WriteByte"}},
        {"text": "math.Pi + nosuchname", "matches": set()},
    ]
    complete_code_samples = [
        "x := 1",
        'fmt.Println("hi")',
        "func f(x int) int { return x + 1 }",
        "",
    ]
    incomplete_code_samples = ["func f() {", "fmt.Println(", "for i := range 3 {\n", "s := `raw"]
    invalid_code_samples = ["x := := 1", "func )", "}"]

    code_page_something = "%help fmt.Println"
    code_generate_error = 'panic("on purpose")'
    code_execute_result = [
        {"code": "6*7", "result": "42"},
        {"code": 'strings.Repeat("ab", 2)', "result": '"abab"'},
        {"code": "len([]int{1, 2, 3})", "result": "3"},
    ]
    code_display_data = [
        {"code": 'Display("shown")', "mime": "text/plain"},
        {"code": "Display(image.NewGray(image.Rect(0, 0, 2, 2)))", "mime": "image/png"},
    ]
    code_history_pattern = "6?7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = "ClearOutput()"


class TestWelcome(jkt.IopubWelcomeTests):
    kernel_name = "setun"
    support_iopub_welcome = True
